/* SPDX-License-Identifier: MIT */

/*
 * The table of the proxy rules.
 *
 * One bug is to be one failure, told by the rule that names it. So where a record is missing or
 * wrong at a dial, the first of these that applies tells it, and the others leave that dial alone:
 *
 *   the query went out with a wrong code                          PRX-01
 *   ... to the listening socket                                   PRX-02
 *   ... without lpcbBytesReturned                                 PRX-19
 *   ... to a socket of AcceptEx without its context               PRX-35
 *   ... overlapped, and was not waited for                        PRX-21
 *   it was too small, and that was the last query: a size query   PRX-09
 *       with room for what had been asked for before              PRX-07
 *       with a buffer below 4096 bytes                            PRX-04
 *       with a larger one                                         PRX-06
 *   it failed otherwise, came after the dial, or never            PRX-03
 *   the record was there, and SET was not tried on the socket     PRX-14
 *   SET went out with a wrong code                                PRX-01
 *   ... without lpcbBytesReturned                                 PRX-19
 *   ... after bind or connect                                     PRX-15
 *   ... with another client's record                              PRX-17
 *   ... with bytes that are no record's                           PRX-16
 *   ... overlapped, and was not waited for                        PRX-21
 *   SET failed, and the dial came all the same                    PRX-18
 *   SET succeeded, and no dial came                               PRX-20
 *
 * A process that ends is PRX-12; where an exception ended it, the rule whose occasion it was
 * (PRX-08, PRX-13, PRX-27) says so, too. More than eight queries are PRX-05 and not PRX-10. After a
 * half-close a loss is PRX-32 and not PRX-31. A client that waits in vain is PRX-40's where none of
 * these says why: PRX-22, PRX-24, PRX-32, PRX-33, or a query above. PRX-37 is what the others come
 * to: where a record is missing the path has no end, so it fails beside the rule that tells why.
 */

#include "harness/lab/rules/proxy_rules.h"

#include <string.h>

#include "harness/lab/rules/look.h"

static const char loops[] = "A connection without its record is taken for a new one: its callout, "
                            "or the next proxy's, redirects it again, for ever.";
static const char datagram_loops[] =
    "The record is with the first datagram of a flow only. Missed once, the whole flow goes "
    "without it, and is redirected again.";

const struct proxy_rule proxy_rules[PROXY_RULES] = {
    {
        .id = "PRX-01",
        .title = "uses the right control codes",
        .severity = PROXY_MUST,
        .clauses = "DEF-01 DEF-02 DEF-11",
        .looks_at =
            "the codes that accepted sockets are asked with, and that records are handed to",
        .why = "A wrong code fails like a connection without a record, so that nothing ever shows "
               "it, and nothing is ever set.",
        .mend = "QUERY_RECORDS is 0x980000DC, QUERY_CONTEXT 0x980000DD, SET_RECORDS 0x980000DE. "
                "mingw-w64 has no names for them; take the numbers.",
        .needs = "a query or SET for a redirected client",
        .served = true,
        .look = look_codes,
    },
    {
        .id = "PRX-02",
        .title = "asks the accepted socket, not the listener",
        .severity = PROXY_MUST,
        .clauses = "QRY-02 QRY-18",
        .looks_at = "the sockets that are queried after an accept",
        .why = "The record moves to the accepted socket; the listener has none.",
        .mend = "Query the socket that accept() returned.",
        .needs = "a query for a redirected client",
        .look = look_socket_asked,
    },
    {
        .id = "PRX-03",
        .title = "has the record before it dials",
        .severity = PROXY_MUST,
        .clauses = "SET-04 SET-06 QRY-20",
        .looks_at = "each dial for a redirected client: did a query give the record before?",
        .why = loops,
        .mend = "Query first; if that fails, close the client's connection and dial nothing.",
        .needs = "a dial for a redirected client",
        .served = true,
        .look = look_record_first,
    },
    {
        .id = "PRX-04",
        .title = "grows its buffer on every \"too small\" answer",
        .severity = PROXY_MUST,
        .clauses = "QRY-06 QRY-10 BUF-09 BUF-13 CON-02",
        .looks_at = "what follows a query with less than 4096 bytes that was too small: "
                    "122, 10014 with a size, or 10022 without one",
        .why = "Behind another proxy the record grows. What is not taken cannot be set, and the "
               "connection is redirected again, for ever, or refused for no reason.",
        .mend = "Repeat with the returned size whenever it exceeds your buffer, whatever the "
                "error; on 10022 with 0 bytes try once more with 1 MiB; stop after 3 tries.",
        .needs = "a query with a small buffer that was too small",
        .look = look_growth,
    },
    {
        .id = "PRX-05",
        .title = "asks a bounded number of times",
        .severity = PROXY_MUST,
        .clauses = "BUF-12 QRY-19",
        .looks_at = "the queries of each kind on one accepted socket: at most 8",
        .why = "A record that is not there never comes; whoever asks on spins for each such "
               "connection.",
        .mend = "Stop after 3 tries, and refuse the connection.",
        .needs = "a query",
        .look = look_bounded,
    },
    {
        .id = "PRX-06",
        .title = "takes records of every size",
        .severity = PROXY_MUST,
        .clauses = "DEF-06 QRY-17 BUF-10 BUF-11",
        .looks_at = "what follows a query with 4096 bytes or more that was too small",
        .why = "Nobody has published how large a record gets; 780 bytes were seen for one "
               "redirect, and each redirect adds to it. A fixed limit works until it does not.",
        .mend = "Allocate what the query asks for, up to a limit far beyond any record (1 MiB).",
        .needs = "a record",
        .served = true,
        .look = look_record_sizes,
    },
    {
        .id = "PRX-07",
        .title = "survives a required size that changes",
        .severity = PROXY_SHOULD,
        .clauses = "BUF-14",
        .looks_at = "what follows when a buffer of the size asked for is too small after all",
        .why = "Between two calls the record can change, and the second answer is another size.",
        .mend = "Make it a loop of up to 3 tries instead of two calls.",
        .needs = "a required size that changed between two calls",
        .look = look_changing_size,
    },
    {
        .id = "PRX-08",
        .title = "survives an absurd required size",
        .severity = PROXY_MUST,
        .clauses = "BUF-09 BUF-11",
        .looks_at = "what follows when more than 1 MiB is asked for",
        .why = "Memory of whatever size is asked for ends the process, with all its connections.",
        .mend = "Refuse the connection when more than 1 MiB is asked for.",
        .needs = "an answer that asks for more than 1 MiB",
        .look = look_absurd_size,
    },
    {
        .id = "PRX-09",
        .title = "takes the answer to a size query for a size",
        .severity = PROXY_MUST,
        .clauses = "QRY-07 CTX-04 BUF-01",
        .looks_at = "what follows a query with a buffer of 0 bytes",
        .why = "A size query always fails, also where there is a record; whoever stops there "
               "never sees one.",
        .mend = "Ask with 1024 bytes at once, or go on with the size that is returned.",
        .needs = "a query with a buffer of 0 bytes",
        .look = look_size_query,
    },
    {
        .id = "PRX-10",
        .title = "refuses a client that was not redirected, cheaply",
        .severity = PROXY_MUST,
        .clauses = "QRY-16 QRY-20 CTX-15",
        .looks_at =
            "clients that connect by themselves: closed, nothing dialled, at most 4 queries "
            "of a kind",
        .why = "Served, they make an open proxy of it, for whoever can reach its port. Left open, "
               "they use up its sockets.",
        .mend = "Close the connection when there is no record.",
        .needs = "a client that was not redirected",
        .look = look_direct_client,
    },
    {
        .id = "PRX-11",
        .title = "refuses a redirected client whose record was lost",
        .severity = PROXY_MUST,
        .clauses = "QRY-19 QRY-20",
        .looks_at = "clients whose query answers 10022 with 0 bytes although they were redirected",
        .why = "Windows loses records when the accept queue is full. Dialled for without one, such "
               "a connection is redirected again.",
        .mend = "Close the connection; the record never comes back.",
        .needs = "a client whose record was lost",
        .look = look_lost_record,
    },
    {
        .id = "PRX-12",
        .title = "stays alive",
        .severity = PROXY_MUST,
        .clauses = "QRY-20",
        .looks_at = "processes that end while a scenario lasts",
        .why = "One connection ends all the others, and while it is away every redirected "
               "connection fails.",
        .mend = "Let a failed connection end that connection only.",
        .needs = "a scenario",
        .look = look_alive,
    },
    {
        .id = "PRX-13",
        .title = "checks the context before it uses it",
        .severity = PROXY_MUST,
        .clauses = "CTX-11 CTX-12 CTX-15",
        .looks_at = "what follows when the context is cut or garbled",
        .why = "Another driver's context, or an older one's, leads to a wrong destination, or to "
               "memory that is not there.",
        .mend = "Compare length, version and whatever marks it as yours; else refuse.",
        .needs = "a context that is not as the driver writes it, and was asked for",
        .look = look_context,
    },
    {
        .id = "PRX-14",
        .title = "sets the record on every outgoing socket",
        .severity = PROXY_MUST,
        .clauses = "SET-01 SET-04",
        .looks_at = "each dial after a query that gave the record: was SET called on its socket?",
        .why = loops,
        .mend = "Call SET_RECORDS on each new socket before bind and connect: on retries, second "
                "addresses and every protocol path, too.",
        .needs = "a dial for a client whose record was had",
        .served = true,
        .look = look_set_on_every_dial,
    },
    {
        .id = "PRX-15",
        .title = "sets the record before bind and connect",
        .severity = PROXY_MUST,
        .clauses = "SET-05 SET-06",
        .looks_at = "the order of SET, bind and connect on a socket",
        .why = "The record is read when the connection is classified, at connect; what comes later "
               "is not seen. Microsoft's sample asks for it before bind as well.",
        .mend = "Call SET_RECORDS right after socket().",
        .needs = "a SET for a dial",
        .look = look_set_in_time,
    },
    {
        .id = "PRX-16",
        .title = "sets exactly the bytes that were returned",
        .severity = PROXY_MUST,
        .clauses = "SET-02 SET-07 DEF-06",
        .looks_at = "the input of SET beside the output of the query",
        .why = "A record is opaque. What is longer, shorter or altered is refused, or stands for "
               "another history.",
        .mend = "Pass the buffer with the length in lpcbBytesReturned, unaltered.",
        .needs = "a SET for a client whose record was had",
        .look = look_set_bytes,
    },
    {
        .id = "PRX-17",
        .title = "sets the record of that very connection",
        .severity = PROXY_MUST,
        .clauses = "DEF-07 QRY-18 SET-02",
        .looks_at = "whose record each SET hands over",
        .why = "Two connections to one destination can have different records. The wrong one "
               "stands for another history: a loop is missed, or seen where there is none.",
        .mend = "Keep the record with the accepted socket; no cache, no pool of connections.",
        .needs = "a SET for a client whose record was had",
        .look = look_set_own,
    },
    {
        .id = "PRX-18",
        .title = "does not dial after a SET that failed",
        .severity = PROXY_MUST,
        .clauses = "SET-17 SET-08",
        .looks_at = "what follows on a socket whose SET failed",
        .why = loops,
        .mend = "Close both sockets when SET_RECORDS fails.",
        .needs = "a SET that failed",
        .look = look_set_failed,
    },
    {
        .id = "PRX-19",
        .title = "gives a byte-count pointer in synchronous calls",
        .severity = PROXY_MUST,
        .clauses = "API-06 API-21",
        .looks_at = "lpcbBytesReturned of each query and SET",
        .why = "Without lpOverlapped a NULL there is WSAEFAULT before anything else is looked at.",
        .mend = "Pass the address of a DWORD, for SET as well.",
        .needs = "a query or SET",
        .look = look_byte_count,
    },
    {
        .id = "PRX-20",
        .title = "takes every successful SET for a success",
        .severity = PROXY_MUST,
        .clauses = "SET-12 CON-05",
        .looks_at = "what follows a SET that returned 0, with a count of 0, of N, or none",
        .why = "The pages contradict each other about the count; whoever checks it refuses every "
               "connection on the Windows that answers the other way.",
        .mend = "Look at the return value only.",
        .needs = "a SET that succeeded",
        .look = look_set_result,
    },
    {
        .id = "PRX-21",
        .title = "waits for an overlapped answer before the buffers go",
        .severity = PROXY_MUST,
        .clauses = "OVL-04 OVL-07 OVL-12",
        .looks_at = "queries and SETs that pend: what is dialled, and where their buffers are when "
                    "they end",
        .why = "Buffer and OVERLAPPED belong to the system until the call ends; afterwards it "
               "writes into memory that is something else by then.",
        .mend = "Wait for the end, also after CancelIoEx; or call without OVERLAPPED.",
        .needs = "a query or SET that pended",
        .look = look_overlapped,
    },
    {
        .id = "PRX-22",
        .title = "dials without waiting for the client's data",
        .severity = PROXY_MUST,
        .clauses = "QRY-01",
        .looks_at = "clients that say nothing before the server has",
        .why = "Mail, FTP, databases and SSH: the client waits for the server, the proxy for the "
               "client, for ever.",
        .mend = "Query and dial as soon as the connection is accepted.",
        .needs = "a client that lets the server speak first",
        .look = look_server_first,
    },
    {
        .id = "PRX-23",
        .title = "has a deep accept queue",
        .severity = PROXY_SHOULD,
        .clauses = "QRY-19",
        .looks_at = "the backlog that listen() is given",
        .why = "When the queue is full, Windows drops the SYN, and its repetition arrives without "
               "its record: 96 of 968 connections in one published run.",
        .mend = "listen(socket, SOMAXCONN_HINT(1024)), and accept fast.",
        .needs = "a listening socket that accepts clients",
        .look = look_accept_queue,
    },
    {
        .id = "PRX-24",
        .title = "serves clients in their family",
        .severity = PROXY_MUST,
        .clauses = "RED-01 RED-11",
        .looks_at = "clients with an IPv6 destination that were accepted and gave their record",
        .why = "A callout at the V6 layer sends them; without an IPv6 socket they are lost.",
        .mend = "Take the family of the outgoing socket from the destination.",
        .needs = "a client for an IPv6 destination that was accepted",
        .look = look_families,
    },
    {
        .id = "PRX-25",
        .title = "UDP: enables the options at the levels that its socket needs",
        .severity = PROXY_MUST,
        .clauses = "OPT-01 OPT-03 MSG-09 UDP-13",
        .looks_at = "options 60 and 70 on a socket before it receives: at IPPROTO_IP for IPv4, at "
                    "IPPROTO_IPV6 for IPv6, both on a dual-stack socket",
        .why = datagram_loops,
        .mend = "setsockopt() 60 and 70 with DWORD 1 before the first receive, at each level.",
        .needs = "datagrams of a client that the proxy received",
        .look = look_datagram_options,
    },
    {
        .id = "PRX-26",
        .title = "UDP: has room for the control data, and notices when they are cut",
        .severity = PROXY_MUST,
        .clauses = "MSG-05 MSG-15",
        .looks_at = "receives with MSG_CTRUNC, and what becomes of their datagrams",
        .why = datagram_loops,
        .mend = "Give 64 KiB of room for control data; drop what comes with MSG_CTRUNC.",
        .needs = "a record that came with a datagram, or should have",
        .look = look_datagram_truncation,
    },
    {
        .id = "PRX-27",
        .title = "UDP: checks level, type and length of control objects",
        .severity = PROXY_MUST,
        .clauses = "CMSG-07 CMSG-08 CMSG-09 CMSG-11",
        .looks_at = "control data with objects of another level, or malformed ones",
        .why = "The numbers 60 and 70 mean other things at other levels, and a length of 0 makes "
               "the usual walk endless.",
        .mend = "Compare cmsg_level and cmsg_type; end at a length below the header or beyond the "
                "end.",
        .needs = "control data with an object that is to be passed over",
        .look = look_datagram_levels,
    },
    {
        .id = "PRX-28",
        .title = "UDP: keeps state by flow, for the flow's life",
        .severity = PROXY_MUST,
        .clauses = "UDP-03 UDP-06",
        .looks_at =
            "flows of one source to several destinations, and flows that go on after a pause",
        .why =
            "One socket of an application talks to many peers. By its address alone their "
            "datagrams go to the wrong one, and a flow that is forgotten comes without a record.",
        .mend = "Key the state by source and original destination, and keep it at least 60 s.",
        .needs = "two flows of one source, or a flow that moved to another socket",
        .look = look_datagram_flows,
    },
    {
        .id = "PRX-29",
        .title = "UDP: hands the record on with the first datagram, and no later one",
        .severity = PROXY_MUST,
        .clauses = "UDP-04 UDP-05 UDP-19",
        .looks_at = "the control data of each datagram that is sent to a destination",
        .why = datagram_loops,
        .mend = "WSASendMsg() with the record for the first datagram of the flow, then without.",
        .needs = "a record that came with a datagram, and a datagram sent on",
        .look = look_datagram_record,
    },
    {
        .id = "PRX-30",
        .title = "UDP: loses no datagram silently",
        .severity = PROXY_MUST,
        .clauses = "UDP-03 MSG-04",
        .looks_at = "how many datagrams were received and sent on, both ways",
        .why = "The first datagram is often the only one: a query for a name, a handshake.",
        .mend = "Forward what you received before you wait for the next, the first included.",
        .needs = "datagrams of a client whose record came",
        .look = look_datagram_loss,
    },
    {
        .id = "PRX-31",
        .title = "passes the payload intact",
        .severity = PROXY_MUST,
        .clauses = "DEF-07",
        .looks_at = "what clients and destinations receive",
        .why = "A transparent proxy that alters what it passes is none.",
        .mend = "Honour partial sends, and send exactly what was received.",
        .needs = "payload that arrived",
        .served = true,
        .look = look_payload,
    },
    {
        .id = "PRX-32",
        .title = "honours half-close",
        .severity = PROXY_SHOULD,
        .clauses = "DEF-07",
        .looks_at = "clients that end their sending and go on receiving",
        .why = "The server waits for the end of the request, or its answer is cut off.",
        .mend = "On the end of one direction, shutdown(SD_SEND) the other socket and go on.",
        .needs = "a client that ends its sending first",
        .look = look_half_close,
    },
    {
        .id = "PRX-33",
        .title = "tells the client when the target resets or cannot be reached",
        .severity = PROXY_MUST,
        .clauses = "DEF-07",
        .looks_at = "clients whose dials all failed, or were reset",
        .why = "The client waits until its own time limit, on a connection that leads nowhere.",
        .mend = "Close or reset the client's connection at once.",
        .needs = "a dial that failed, or a reset",
        .look = look_unreachable,
    },
    {
        .id = "PRX-34",
        .title = "leaks no socket, and no handle",
        .severity = PROXY_MUST,
        .clauses = "CTX-14 UDP-08",
        .looks_at = "sockets of connections that are over, where there were 8 or more; where there "
                    "were 64 or more (--leak), the count of the process's handles at moments "
                    "without a connection, too",
        .why = "After some thousand connections there are no more sockets, and the records of "
               "closed connections stay in the kernel.",
        .mend = "Close both sockets on every path, errors included, and every event, thread and "
                "completion port that was made for the connection.",
        .needs = "a scenario with 8 connections",
        .look = look_leak,
    },
    {
        .id = "PRX-35",
        .title = "AcceptEx: sets SO_UPDATE_ACCEPT_CONTEXT first",
        .severity = PROXY_MUST,
        .clauses = "API-08",
        .looks_at = "sockets of AcceptEx: queries, shutdown and getpeername before the option",
        .why = "Before that the socket is no accepted one for Windows: shutdown and getpeername "
               "fail. Wine is more lenient.",
        .mend = "setsockopt(SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT) as soon as AcceptEx succeeds.",
        .needs = "a connection accepted by AcceptEx",
        .look = look_accept_context,
    },
    {
        .id = "PRX-36",
        .title = "ConnectEx: sets SO_UPDATE_CONNECT_CONTEXT first",
        .severity = PROXY_MUST,
        .clauses = "API-08",
        .looks_at = "sockets of ConnectEx: shutdown and getpeername before the option",
        .why = "Before that shutdown() fails with WSAENOTCONN, and half-closing is lost.",
        .mend = "setsockopt(SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT) as soon as ConnectEx succeeds.",
        .needs = "a dial by ConnectEx that needed the option",
        .look = look_connect_context,
    },
    {
        .id = "PRX-37",
        .title = "ends every path",
        .severity = PROXY_MUST,
        .clauses = "LOOP-01 LOOP-05",
        .looks_at = "what the callouts are told of each dial, and where it leads",
        .why = "The same connection comes back to the same proxy until sockets run out.",
        .mend = "See the rule that fails beside this one: a record is missing or wrong.",
        .needs = "a dial that a callout was asked about",
        .look = look_path,
    },
    {
        .id = "PRX-38",
        .title = "dials the original destination of that client",
        .severity = PROXY_MUST,
        .clauses = "CTX-12 RED-12",
        .looks_at = "the address of each dial beside its client's destination",
        .why = "The connection reaches another server, or none.",
        .mend = "Take address and port from the context of this very connection; mind the byte "
                "order of the port.",
        .needs = "a dial for a redirected client",
        .served = true,
        .look = look_destination,
    },
    {
        .id = "PRX-39",
        .title = "ends cleanly when the target cannot be reached after SET",
        .severity = PROXY_SHOULD,
        .clauses = "SET-01",
        .looks_at = "clients with a failed dial whose socket had the record: what is tried again",
        .why = "Endless tries keep the client waiting and the ports busy.",
        .mend = "Try each address a few times, each on a new socket with SET, then refuse.",
        .needs = "a dial that failed after SET",
        .look = look_after_failure,
    },
    {
        .id = "PRX-40",
        .title = "leaves no redirected client waiting",
        .severity = PROXY_MUST,
        .clauses = "LOOP-02 QRY-20 DEF-07",
        .looks_at =
            "redirected clients that were accepted: served to the end, or closed within the "
            "time limit",
        .why = "The application waits until its own time limit, on a connection that looks alive, "
               "and nothing shows that the proxy is at fault.",
        .mend =
            "Close the client's connection on every path that does not end in a relay, and give "
            "each step before it a time limit.",
        .needs = "a redirected client that was accepted, and that no other rule tells of",
        .served = true,
        .look = look_silence,
    },
};

const struct proxy_rule proxy_lab = {
    .id = "LAB",
    .title = "the lab itself lasts to the end",
    .severity = PROXY_MUST,
    .clauses = "",
    .looks_at = "Wine's server, and wfpcheck-launch, which holds the program",
    .why = "Nothing: it says nothing about the proxy.",
    .mend = "Find out what ended it, and run this again.",
};

const struct proxy_rule *proxy_rule_named(const char *id)
{
    for (size_t i = 0; i < PROXY_RULES; i++) {
        if (strcmp(proxy_rules[i].id, id) == 0) {
            return &proxy_rules[i];
        }
    }
    return NULL;
}

const char *proxy_severity_name(enum proxy_severity severity)
{
    static const char *const names[] = {[PROXY_MUST] = "MUST", [PROXY_SHOULD] = "SHOULD"};

    return names[severity];
}
