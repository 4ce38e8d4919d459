// SPDX-License-Identifier: MIT

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"unsafe"
)

const (
	queryRecords = 0x980000DC
	queryContext = 0x980000DD
	setRecords   = 0x980000DE

	wsaEInval  = syscall.Errno(10022)
	firstRoom  = 1024
	mostRoom   = 262144
	growth     = 16
	attempts   = 6
	magic      = "WPX1"
	contextLen = 8 + 128
)

var errNone = errors.New("no record, or no context")

// query asks a socket for its record or its context, whatever the size.
func query(socket syscall.Handle, code uint32) ([]byte, error) {
	room := uint32(firstRoom)
	for i := 0; i < attempts && room > 0; i++ {
		buffer := make([]byte, room)
		var count uint32
		err := syscall.WSAIoctl(socket, code, nil, 0, &buffer[0], room, &count, nil, 0)
		if err == nil {
			return buffer[:count], nil
		}
		room = grow(err, count, room)
	}
	return nil, errNone
}

// grow decides by the count, not by the error: three errors mean "too small".
func grow(err error, needed, room uint32) uint32 {
	if needed > room && needed <= mostRoom {
		return needed
	}
	if needed == 0 && errors.Is(err, wsaEInval) && room*growth <= mostRoom {
		return room * growth
	}
	return 0
}

// learn asks an accepted connection for record and destination.
func learn(client *net.TCPConn) (record []byte, destination netip.AddrPort, err error) {
	raw, err := client.SyscallConn()
	if err != nil {
		return nil, destination, err
	}
	var context []byte
	var asked error
	err = raw.Control(func(socket uintptr) {
		if record, asked = query(syscall.Handle(socket), queryRecords); asked == nil {
			context, asked = query(syscall.Handle(socket), queryContext)
		}
	})
	if err = errors.Join(err, asked); err != nil {
		return nil, destination, err
	}
	destination, err = readContext(context)
	return record, destination, err
}

// readContext reads what tests/proxies/recipe.json describes.
func readContext(context []byte) (netip.AddrPort, error) {
	if len(context) != contextLen || string(context[:4]) != magic ||
		binary.LittleEndian.Uint32(context[4:]) != contextLen {
		return netip.AddrPort{}, errNone
	}
	address := context[8:]
	port := binary.BigEndian.Uint16(address[2:])
	switch binary.LittleEndian.Uint16(address) {
	case syscall.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(address[4:8])), port), nil
	case syscall.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(address[8:24])), port), nil
	}
	return netip.AddrPort{}, errNone
}

// dial connects with the record set, before the socket is bound.
func dial(record []byte, destination netip.AddrPort) (*net.TCPConn, error) {
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		var set error
		err := raw.Control(func(socket uintptr) {
			var count uint32
			set = syscall.WSAIoctl(syscall.Handle(socket), setRecords, &record[0],
				uint32(len(record)), (*byte)(unsafe.Pointer(nil)), 0, &count, nil, 0)
		})
		return errors.Join(err, set)
	}}
	connection, err := dialer.Dial("tcp", destination.String())
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", destination, err)
	}
	return connection.(*net.TCPConn), nil
}
