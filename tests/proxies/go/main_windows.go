// SPDX-License-Identifier: MIT

// A transparent proxy for redirected TCP connections, with Go's own network code: its program
// imports no Winsock, and everything it does there is overlapped.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 3 || os.Args[1] != "--listen" {
		fmt.Fprintln(os.Stderr, "expected --listen HOST:PORT")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", os.Args[2])
	for err == nil {
		var client net.Conn
		if client, err = listener.Accept(); err == nil {
			go serve(client.(*net.TCPConn))
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(client *net.TCPConn) {
	defer client.Close()
	record, destination, err := learn(client)
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused a connection:", err)
		return
	}
	upstream, err := dial(record, destination)
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused a connection:", err)
		return
	}
	defer upstream.Close()
	back := make(chan error, 1)
	go func() { back <- pass(client, upstream) }()
	there := pass(upstream, client)
	if there != nil || <-back != nil {
		client.SetLinger(0)
		upstream.SetLinger(0)
	}
}

// pass moves bytes one way, and its end.
func pass(to, from *net.TCPConn) error {
	if _, err := io.Copy(to, from); err != nil {
		to.SetLinger(0)
		to.Close()
		return err
	}
	return to.CloseWrite()
}
