/* SPDX-License-Identifier: MIT */

/* Each rule is seen to say pass, fail, undecided and idle; a failure is told by one rule alone. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/catalogue.h"
#include "harness/complaint.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/text.h"
#include "harness/tree.h"
#include "tests/unit/proxy_script.h"

/* ---- what scripts are made of: client 1 on socket 5, dialled for on socket 7 ---- */

#define RUN "run name=observed\nprocess-start text=proxy\nhello system-process=10 parent=9\n"
#define LISTENER(backlog)                                                                          \
    "socket socket=1 family=2 type=1\n"                                                            \
    "listen socket=1 backlog=" backlog " error=0\n"
#define CHILD "child flags=1 system-process=11\nhello process=2 system-process=11 parent=10\n"
#define SCENARIO "scenario name=one text=observed\n"
#define BEGIN RUN LISTENER("-1024") SCENARIO
#define END "scenario-end name=one\n"

#define CLIENT(flags) "client client=1 flags=" flags " peer=198.18.0.1:443 local=127.0.0.1:5001\n"
#define PROPER CLIENT("1")
#define IPV6_CLIENT "client client=1 flags=1 peer=[2001:db8::1]:443 local=127.0.0.1:5001\n"
#define DIRECT CLIENT("0")
#define LOST CLIENT("3")
#define ACCEPT "accept socket=1 other=5 peer=127.0.0.1:5001 error=0\n"
#define ASK(code, size, answer)                                                                    \
    "ioctl socket=5 code=" code " out-size=" size " by=1 count-pointer=0 " answer "\n"
#define RECORDS(size, answer) ASK("QUERY_RECORDS", size, answer)
#define CONTEXT_OK ASK("QUERY_CONTEXT", "1024", "error=0 count=32 out=99/32")
#define RECORD_OK RECORDS("1024", "error=0 count=780 out=1/780")
#define NO_RECORD RECORDS("1024", "error=10022 count=0")
#define SOCKET "socket socket=7 family=2 type=1\n"
#define SET_ON(socket, bytes, answer)                                                              \
    "ioctl socket=" socket " code=SET_RECORDS in-size=780 in=" bytes                               \
    " by=1 count-pointer=0 " answer "\n"
#define SET(bytes, answer) SET_ON("7", bytes, answer)
#define SET_OK SET("1/780", "error=0 count=0")
#define DIAL_ON(socket, peer, dial)                                                                \
    "connect socket=" socket " peer=" peer " dial=" dial " by=1\n"                                 \
    "done kind-of=connect socket=" socket " error=0\n"                                             \
    "told socket=" socket " state=1\n"                                                             \
    "arrival dial=" dial " socket=" socket " peer=" peer " client=1\n"
#define DIAL DIAL_ON("7", "198.18.0.1:443", "1")
#define THROUGH                                                                                    \
    "connect socket=7 peer=127.0.0.1:1080 dial=1 by=1\n"                                           \
    "done kind-of=connect socket=7 error=0\ntold socket=7 state=1\n"
#define LED_TO(peer) "arrival dial=1 socket=7 peer=" peer " client=1\n"
#define DIAL_REFUSED                                                                               \
    "connect socket=7 peer=198.18.0.1:443 by=1\n"                                                  \
    "done kind-of=connect socket=7 error=10061\n"
#define DATA "arrival-data dial=1 client=1 size=9 error=0\nclient-data client=1 size=9 error=0\n"
#define DIAL_END "arrival-end dial=1 client=1 how=0\n"
#define CLIENT_END(how) "client-end client=1 how=" how "\n"
#define CLOSE "close socket=5\nclose socket=7\n"
#define REFUSED "close socket=5\n" CLIENT_END("0") END
#define REST DATA DIAL_END CLIENT_END("0") CLOSE END
#define TAKEN PROPER ACCEPT CONTEXT_OK RECORD_OK
#define SERVED SOCKET SET_OK DIAL REST

/* ---- and of datagrams: flow 1 on sockets 1 and 2 ---- */

#define FLOW_OF(flags) "client client=1 flags=" flags " peer=198.18.0.1:53 local=127.0.0.1:5001\n"
#define FLOW FLOW_OF("5")
#define FLOW_2 "client client=2 flags=5 peer=198.18.0.2:53 local=127.0.0.1:5001\n"
#define FLOW_V6 "client client=1 flags=5 peer=[2001:db8::1]:53 local=[::1]:5001\n"
#define UDP "socket socket=1 family=2 type=2\nbind socket=1 local=127.0.0.1:9000 error=0\n"
#define UDP_V6 "socket socket=1 family=23 type=2\nbind socket=1 local=[::]:9000 error=0\n"
#define OPTION(level, option)                                                                      \
    "option-set socket=1 level=" level " option=" option " in=1 by=1 error=0\n"
#define OPTIONS OPTION("0", "60") OPTION("0", "70")
#define UDP_BEGIN RUN UDP OPTIONS SCENARIO
#define GOT(client, rest)                                                                          \
    "datagram-receive socket=1 client=" client " peer=127.0.0.1:5001 size=9 error=0 by=1 " rest "\n"
#define WITH_RECORD "control-size=4096 control=OBJECT/0/1/780"
#define GOT_FIRST GOT("1", WITH_RECORD)
#define SENT(rest)                                                                                 \
    "datagram-send socket=2 peer=198.18.0.1:53 client=1 size=9 by=1 error=0 " rest "\n"
#define SENT_FIRST SENT("control=OBJECT/0/1/780")
#define BACK "datagram-receive socket=2 client=1 peer=198.18.0.1:53 size=9 error=0 by=1\n"
#define BACK_SENT "datagram-send socket=1 client=1 peer=127.0.0.1:5001 size=9 by=1 error=0\n"
#define UPSTREAM "socket socket=2 family=2 type=2\n"
#define FLOWS UDP_BEGIN FLOW UPSTREAM GOT_FIRST

/* ---- cases ---- */

struct script_case {
    const char *rule;
    enum proxy_verdict verdict;
    const char *also; /* the other rules that fail, between single spaces */
    const char *script;
};

static void add_failing(struct text *text, const struct proxy_judgement *judgement, const char *but)
{
    for (size_t i = 0; i < PROXY_RULES; i++) {
        if (strcmp(proxy_rules[i].id, but) != 0 &&
            proxy_rule_verdict(judgement, &proxy_rules[i]) == PROXY_FAIL) {
            text_add(text, "%s%s", text->length == 0 ? "" : " ", proxy_rules[i].id);
        }
    }
}

static void print_case(const struct proxy_judgement *judgement)
{
    for (size_t i = 0; i < judgement->count; i++) {
        const struct proxy_case *one = &judgement->cases[i];

        if (one->verdict != PROXY_IDLE && one->verdict != PROXY_PASS) {
            print_message("%s %d %s\n%s", one->rule->id, one->verdict, one->message,
                          one->evidence == NULL ? "" : one->evidence);
        }
    }
}

static bool check_case(const struct script_case *wanted)
{
    struct trace *trace = proxy_script(wanted->script);
    struct proxy_judgement *judgement;
    struct text others = {0};
    enum proxy_verdict verdict;
    bool good;

    assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
    trace_free(trace);
    verdict = proxy_rule_verdict(judgement, proxy_rule_named(wanted->rule));
    add_failing(&others, judgement, wanted->rule);
    good = verdict == wanted->verdict && strcmp(text_bytes(&others), wanted->also) == 0;
    if (!good) {
        print_message("\n%s", wanted->script);
        print_case(judgement);
        print_message("%s is %d, expected %d; also failed: \"%s\", expected \"%s\"\n", wanted->rule,
                      verdict, wanted->verdict, text_bytes(&others), wanted->also);
    }
    text_clear(&others);
    proxy_judgement_free(judgement);
    return good;
}

static void check_cases(const struct script_case *cases, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        wrong += !check_case(&cases[i]);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))

/* ---- queries ---- */

#define ASK_CODE(code) "ioctl socket=5 code=" code " out-size=1024 error=10045 by=1\n"
#define SET_CODE(code) SOCKET "ioctl socket=7 code=" code " in-size=780 in=1/780 error=10022 by=1\n"
#define SET_CODE_V6                                                                                \
    "socket socket=7 family=23 type=1\n"                                                           \
    "ioctl socket=7 code=QUERY_RECORDS in-size=780 in=1/780 error=10022 by=1\n"
#define TOO_SMALL(size, error, count) RECORDS(size, "error=" error " count=" count)

static const struct script_case query_cases[] = {
    {"PRX-01", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-01", PROXY_IDLE, "", BEGIN END},
    {"PRX-01", PROXY_UNDECIDED, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-01", PROXY_FAIL, "", BEGIN PROPER ACCEPT ASK_CODE("0x580000DC") REFUSED},
    {"PRX-01", PROXY_FAIL, "", BEGIN PROPER ACCEPT ASK_CODE("0x580000DC") SOCKET DIAL REST},
    {"PRX-01", PROXY_FAIL, "", BEGIN TAKEN SET_CODE("QUERY_RECORDS") DIAL REST},
    {"PRX-01", PROXY_FAIL, "", BEGIN TAKEN SET_CODE("0x980000D0") DIAL REST},
    /* With a code that sets nothing it gives up. */
    {"PRX-01", PROXY_FAIL, "", BEGIN TAKEN SET_CODE("QUERY_RECORDS") CLOSE CLIENT_END("0") END},
    {"PRX-01", PROXY_FAIL, "",
     BEGIN IPV6_CLIENT ACCEPT RECORD_OK SET_CODE_V6 CLOSE CLIENT_END("0") END},
    /* TCP_INFO and keep-alive are nobody's mistake. */
    {"PRX-01", PROXY_PASS, "",
     BEGIN PROPER ACCEPT ASK_CODE("0xD8000027") ASK_CODE("0x98000004") RECORD_OK SERVED},

    {"PRX-02", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-02", PROXY_IDLE, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-02", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT
     "ioctl socket=1 code=QUERY_RECORDS out-size=1024 error=10022 by=1\n" SOCKET DIAL REST},
    {"PRX-02", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT
     "ioctl socket=1 code=QUERY_RECORDS out-size=1024 error=10022 by=1\n" RECORD_OK SERVED},
    /* Asking the listener before anybody has come is a look at what the system can do. */
    {"PRX-02", PROXY_PASS, "",
     RUN LISTENER(
         "-1024") "ioctl socket=1 code=QUERY_RECORDS out-size=0 error=10022 by=1\n" SCENARIO TAKEN
         SERVED},

    {"PRX-03", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-03", PROXY_UNDECIDED, "", BEGIN PROPER END},
    {"PRX-03", PROXY_UNDECIDED, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-03", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-03", PROXY_FAIL, "", BEGIN PROPER ACCEPT SOCKET DIAL REST},
    {"PRX-03", PROXY_FAIL, "", BEGIN PROPER ACCEPT CONTEXT_OK SOCKET DIAL REST},
    {"PRX-03", PROXY_FAIL, "", BEGIN PROPER ACCEPT SOCKET DIAL RECORD_OK REST},
    {"PRX-03", PROXY_FAIL, "", BEGIN PROPER ACCEPT SOCKET DIAL RECORD_OK SET_OK REST},
    {"PRX-03", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT RECORDS("1024", "error=10050 count=0") SOCKET DIAL REST},
    /* A record that came by another way than a query. */
    {"PRX-03", PROXY_PASS, "", BEGIN PROPER ACCEPT SOCKET SET("5/780", "error=0") DIAL REST},

    {"PRX-04", PROXY_PASS, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2049")
         RECORDS("2049", "error=0 count=2049 out=1/780") SERVED},
    {"PRX-04", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-04", PROXY_FAIL, "", BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2049") REFUSED},
    {"PRX-04", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "122", "2049") SOCKET DIAL REST},
    {"PRX-04", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10022", "0") SOCKET DIAL REST},
    {"PRX-04", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10022", "0") TOO_SMALL("1024", "10022", "0") REFUSED},
    /* Where a scenario says 10022 it means a failure. */
    {"PRX-04", PROXY_IDLE, "",
     BEGIN PROPER ACCEPT
     "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=3 error=10022 count=0\n" REFUSED},

    {"PRX-05", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-05", PROXY_IDLE, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-05", PROXY_FAIL, "",
     BEGIN DIRECT ACCEPT NO_RECORD NO_RECORD NO_RECORD NO_RECORD NO_RECORD NO_RECORD NO_RECORD
         NO_RECORD NO_RECORD REFUSED},

    {"PRX-06", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-06", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-06", PROXY_UNDECIDED, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-06", PROXY_FAIL, "", BEGIN PROPER ACCEPT TOO_SMALL("4096", "122", "9000") REFUSED},
    {"PRX-06", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "122", "65537") TOO_SMALL("65536", "122", "65537")
         SOCKET DIAL REST},

    {"PRX-07", PROXY_PASS, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "122", "2000") TOO_SMALL("2000", "122", "3000")
         RECORDS("3000", "error=0 count=780 out=1/780") SERVED},
    {"PRX-07", PROXY_PASS, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "122", "2000") TOO_SMALL("2000", "122", "3000")
         TOO_SMALL("3000", "122", "4000") REFUSED},
    {"PRX-07", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-07", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("0", "122", "2000") TOO_SMALL("2000", "122", "3000") REFUSED},
    {"PRX-07", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "122", "2000") TOO_SMALL("2000", "122", "3000")
         TOO_SMALL("3000", "122", "4000") SOCKET DIAL REST},

    {"PRX-08", PROXY_PASS, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647") REFUSED},
    {"PRX-08", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-08", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647")
         RECORDS("2147483647", "error=0 count=780 out=1/780") SERVED},
    {"PRX-08", PROXY_FAIL, "PRX-12",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647") "process-end how=4\n" END},
    {"PRX-03", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647") SOCKET DIAL REST},

    {"PRX-09", PROXY_PASS, "",
     BEGIN PROPER ACCEPT TOO_SMALL("0", "122", "780") RECORDS("780", "error=0 count=780 out=1/780")
         SERVED},
    {"PRX-09", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-09", PROXY_FAIL, "", BEGIN PROPER ACCEPT TOO_SMALL("0", "122", "780") REFUSED},
    {"PRX-09", PROXY_FAIL, "", BEGIN PROPER ACCEPT TOO_SMALL("0", "10022", "0") SOCKET DIAL REST},
    /* Whatever the size. */
    {"PRX-09", PROXY_PASS, "", BEGIN PROPER ACCEPT TOO_SMALL("0", "122", "4294967295") REFUSED},
    {"PRX-09", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("0", "122", "4294967295") SOCKET DIAL REST},
    /* There need be no context where there is a record. */
    {"PRX-09", PROXY_IDLE, "",
     BEGIN PROPER ACCEPT ASK("QUERY_CONTEXT", "0", "error=10022 count=0") RECORD_OK SERVED},
};

static void test_queries(void **state)
{
    (void)state;
    CHECK(query_cases);
}

/* ---- clients ---- */

#define IPV6_DIAL DIAL_ON("7", "[2001:db8::1]:443", "1")
#define STUCK CLIENT_END("3") END

static const struct script_case client_cases[] = {
    {"PRX-10", PROXY_PASS, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-10", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-10", PROXY_UNDECIDED, "", BEGIN DIRECT ACCEPT NO_RECORD END},
    {"PRX-10", PROXY_FAIL, "", BEGIN DIRECT ACCEPT NO_RECORD SOCKET DIAL REST},
    {"PRX-10", PROXY_FAIL, "", BEGIN DIRECT ACCEPT NO_RECORD STUCK},
    {"PRX-10", PROXY_FAIL, "",
     BEGIN DIRECT ACCEPT NO_RECORD NO_RECORD NO_RECORD NO_RECORD NO_RECORD REFUSED},

    {"PRX-11", PROXY_PASS, "", BEGIN LOST ACCEPT NO_RECORD REFUSED},
    {"PRX-11", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-11", PROXY_UNDECIDED, "", BEGIN LOST ACCEPT NO_RECORD END},
    {"PRX-11", PROXY_FAIL, "", BEGIN LOST ACCEPT NO_RECORD SOCKET DIAL REST},
    /* To whichever address of the lab's: there is only this client. */
    {"PRX-11", PROXY_FAIL, "",
     BEGIN LOST ACCEPT NO_RECORD SOCKET "connect socket=7 peer=198.18.9.9:80\n" REST},

    {"PRX-10", PROXY_PASS, "", UDP_BEGIN FLOW_OF("4") GOT("1", "") END},
    {"PRX-10", PROXY_FAIL, "", UDP_BEGIN FLOW_OF("4") UPSTREAM GOT("1", "") SENT("") END},
    {"PRX-11", PROXY_PASS, "", UDP_BEGIN FLOW_OF("7") GOT("1", "") END},
    {"PRX-11", PROXY_FAIL, "", UDP_BEGIN FLOW_OF("7") UPSTREAM GOT("1", "") SENT("") END},

    {"PRX-12", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-12", PROXY_IDLE, "", RUN},
    {"PRX-12", PROXY_UNDECIDED, "", BEGIN},
    {"PRX-12", PROXY_FAIL, "", BEGIN DIRECT ACCEPT NO_RECORD "process-end how=0 exit-code=1\n" END},
    {"PRX-12", PROXY_FAIL, "", BEGIN TAKEN "process-end how=4\n" END},
    /* That it was killed is not the size's doing. */
    {"PRX-12", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647") "process-end how=5\n" END},
    {"PRX-12", PROXY_FAIL, "PRX-08",
     BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2147483647") "process-end how=4 "
                                                                  "exit-code=0xC0000005\n" END},
    /* The lab ends it, and a helper of its own may end. */
    {"PRX-12", PROXY_PASS, "", BEGIN TAKEN SERVED "process-end how=1\n"},
    /* It starts itself again, and that one is the proxy from then on. */
    {"PRX-12", PROXY_PASS, "", RUN CHILD SCENARIO "process-end how=0 exit-code=0\n" END},
    {"PRX-12", PROXY_FAIL, "", RUN CHILD SCENARIO "process-end how=0 exit-code=1\n" END},
    {"PRX-12", PROXY_FAIL, "",
     RUN LISTENER("-1024") CHILD SCENARIO "process-end how=0 exit-code=0\n" END},
    {"PRX-12", PROXY_FAIL, "",
     RUN CHILD "process-end how=0 exit-code=0\n" SCENARIO
               "process-end process=2 how=0 exit-code=0\n" END},
    {"PRX-12", PROXY_PASS, "",
     BEGIN
     "hello process=2 system-process=11 parent=10\nprocess-end process=2 how=0\n" TAKEN SERVED},
    {"PRX-12", PROXY_FAIL, "",
     BEGIN
     "hello process=2 system-process=11 parent=10\nprocess-end process=2 how=4\n" TAKEN SERVED},
    {"PRX-12", PROXY_UNDECIDED, "",
     BEGIN
     "hello process=2 system-process=11 parent=10\nprocess-end process=2 how=5\n" TAKEN SERVED},

    {"PRX-13", PROXY_PASS, "", BEGIN CLIENT("17") ACCEPT CONTEXT_OK REFUSED},
    {"PRX-13", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-13", PROXY_UNDECIDED, "", BEGIN CLIENT("17") ACCEPT CONTEXT_OK END},
    {"PRX-13", PROXY_FAIL, "", BEGIN CLIENT("17") ACCEPT CONTEXT_OK RECORD_OK SERVED},
    {"PRX-12", PROXY_FAIL, "", BEGIN CLIENT("17") ACCEPT CONTEXT_OK "process-end how=0\n" END},
    {"PRX-13", PROXY_FAIL, "PRX-12",
     BEGIN CLIENT("17") ACCEPT CONTEXT_OK "process-end how=4\n" END},
    /* Wherever it dials with the record of that client. */
    {"PRX-13", PROXY_FAIL, "",
     BEGIN CLIENT("17") ACCEPT CONTEXT_OK RECORD_OK SOCKET SET_OK
     "connect socket=7 peer=10.1.2.3:80\n" CLIENT_END("0") CLOSE END},

    {"PRX-22", PROXY_PASS, "", BEGIN CLIENT("9") ACCEPT RECORD_OK SERVED},
    {"PRX-22", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-22", PROXY_UNDECIDED, "", BEGIN CLIENT("9") ACCEPT RECORD_OK STUCK},
    {"PRX-22", PROXY_FAIL, "", BEGIN CLIENT("9") ACCEPT "stream-receive socket=5\n" STUCK},
    {"PRX-22", PROXY_FAIL, "",
     BEGIN CLIENT("9") ACCEPT RECORD_OK "stream-receive socket=5\n" STUCK},

    /* It dialled when the client had given up. */
    {"PRX-22", PROXY_FAIL, "",
     BEGIN CLIENT("41") ACCEPT "stream-receive socket=5\n" CLIENT_END("3")
         RECORD_OK SOCKET SET_OK DIAL DIAL_END CLOSE END},

    {"PRX-24", PROXY_PASS, "", BEGIN IPV6_CLIENT ACCEPT RECORD_OK SOCKET SET_OK IPV6_DIAL REST},
    {"PRX-24", PROXY_PASS, "",
     BEGIN IPV6_CLIENT ACCEPT RECORD_OK SOCKET SET_OK THROUGH LED_TO("[2001:db8::1]:443") REST},
    {"PRX-24", PROXY_IDLE, "",
     BEGIN IPV6_CLIENT ACCEPT RECORD_OK SOCKET SET_OK THROUGH CLIENT_END("0") CLOSE END},
    {"PRX-24", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-24", PROXY_FAIL, "", BEGIN IPV6_CLIENT ACCEPT RECORD_OK SOCKET REFUSED},
    {"PRX-24", PROXY_FAIL, "PRX-38", BEGIN IPV6_CLIENT ACCEPT RECORD_OK SERVED},
    /* It may be refused for another reason. */
    {"PRX-24", PROXY_IDLE, "",
     BEGIN IPV6_CLIENT ACCEPT RECORD_OK
     "socket socket=7 family=23 type=1\n" SET("1/780", "error=10013") REFUSED},
};

static void test_clients(void **state)
{
    (void)state;
    CHECK(client_cases);
}

/* ---- SET ---- */

#define BIND "bind socket=7 local=0.0.0.0:0 error=0\n"
#define CLIENT_2 "client client=2 flags=1 peer=198.18.0.2:443 local=127.0.0.1:5002\n"
#define ACCEPT_2 "accept socket=1 other=6 peer=127.0.0.1:5002 error=0\n"
#define RECORD_2                                                                                   \
    "ioctl socket=6 code=QUERY_RECORDS out-size=1024 by=1 error=0 count=780 out=2/780\n"
#define SOCKET_2 "socket socket=8 family=2 type=1\n"
#define DIAL_2 "connect socket=8 peer=198.18.0.2:443 by=1\ndone kind-of=connect socket=8 error=0\n"
#define REDIAL "socket socket=9 family=2 type=1\n" REDIAL_SET DIAL_ON("9", "198.18.0.1:443", "2")
#define REDIAL_LATE                                                                                \
    "socket socket=9 family=2 type=1\n" DIAL_ON("9", "198.18.0.1:443", "2") REDIAL_SET
#define REDIAL_SET SET_ON("9", "1/780", "error=0 count=0")

static const struct script_case set_cases[] = {
    {"PRX-14", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-14", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-14", PROXY_UNDECIDED, "", BEGIN TAKEN REFUSED},
    {"PRX-14", PROXY_FAIL, "", BEGIN TAKEN SOCKET DIAL REST},
    {"PRX-14", PROXY_FAIL, "PRX-37", BEGIN TAKEN SOCKET DIAL "loop text=A\n" REST},
    {"PRX-14", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED REDIAL REST},
    {"PRX-14", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED
     "socket socket=9 family=2 type=1\n" DIAL_ON("9", "198.18.0.1:443", "2") REST},
    /* connect() again on a socket that does not block is the same dial. */
    {"PRX-14", PROXY_PASS, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 peer=198.18.0.1:443\n"
                               "done kind-of=connect socket=7 error=10035\n" DIAL REST},
    /* Name servers and the like are nobody's dials. */
    {"PRX-14", PROXY_PASS, "",
     BEGIN TAKEN "socket socket=20 family=2 type=1\nconnect socket=20 peer=8.8.8.8:53\n" SERVED},

    {"PRX-15", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK BIND DIAL REST},
    {"PRX-15", PROXY_IDLE, "", BEGIN TAKEN REFUSED},
    {"PRX-15", PROXY_FAIL, "", BEGIN TAKEN SOCKET BIND SET_OK DIAL REST},
    {"PRX-15", PROXY_FAIL, "", BEGIN TAKEN SOCKET DIAL SET_OK REST},
    /* Where a dial fails it never comes to the SET. */
    {"PRX-15", PROXY_FAIL, "", BEGIN TAKEN SOCKET DIAL_REFUSED REDIAL_LATE REST},

    {"PRX-16", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-16", PROXY_IDLE, "", BEGIN TAKEN REFUSED},
    {"PRX-16", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET("CUT/1/780/1024", "error=10022") DIAL REST},
    {"PRX-16", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET("1/700", "error=10022") DIAL REST},
    /* It gave up afterwards. */
    {"PRX-16", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET("CUT/1/780/1024", "error=10022") CLOSE CLIENT_END("0") END},
    {"PRX-16", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET("CUT/1/700/780", "error=10022") CLOSE CLIENT_END("0") END},
    {"PRX-16", PROXY_PASS, "",
     BEGIN TAKEN SOCKET SET("1/780", "error=10022") CLOSE CLIENT_END("0") END},
    {"PRX-16", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET("CUT/1/700/780", "error=0") DIAL REST},

    {"PRX-17", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-17", PROXY_IDLE, "", BEGIN TAKEN REFUSED},
    {"PRX-17", PROXY_FAIL, "",
     BEGIN TAKEN CLIENT_2 ACCEPT_2 RECORD_2 SOCKET_2 SET_ON("8", "1/780", "error=0") DIAL_2 SERVED},
    /* The record was kept, and not asked for again. */
    {"PRX-17", PROXY_FAIL, "",
     BEGIN TAKEN CLIENT_2 ACCEPT_2 SOCKET_2 SET_ON("8", "1/780", "error=0") DIAL_2 SERVED},

    {"PRX-18", PROXY_PASS, "",
     BEGIN TAKEN SOCKET SET("1/780", "error=10013") CLOSE CLIENT_END("0") END},
    {"PRX-18", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-18", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET("1/780", "error=10013") DIAL REST},
    /* It went on to a socket that it never tried to set it on. */
    {"PRX-14", PROXY_FAIL, "",
     BEGIN TAKEN "socket socket=9 family=2 type=1\n" SET_ON("9", "1/780", "error=10013")
         SOCKET DIAL REST},

    {"PRX-20", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-20", PROXY_IDLE, "", BEGIN TAKEN REFUSED},
    {"PRX-20", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET("1/780", "error=0 count=780") CLOSE CLIENT_END("0") END},
    /* The client had gone, or another socket was taken. */
    {"PRX-20", PROXY_IDLE, "",
     BEGIN TAKEN SOCKET CLIENT_END("0") SET("1/780", "error=0 count=0") CLOSE END},
    {"PRX-20", PROXY_PASS, "",
     BEGIN TAKEN "socket socket=9 family=23 type=1\n" SET_ON("9", "1/780", "error=0")
         SOCKET SET_OK DIAL "close socket=9\n" REST},
};

static void test_set(void **state)
{
    (void)state;
    CHECK(set_cases);
}

/* ---- how calls are made ---- */

#define NO_COUNT_SET                                                                               \
    "ioctl socket=7 code=SET_RECORDS in-size=780 in=1/780 by=1 count-pointer=3 error=10014\n"
#define PENDED                                                                                     \
    "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=1 error=0 count=780 out=1/780 delay=50 "   \
    "operation=1\n"
#define PENDED_NONE                                                                                \
    "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=1 error=10022 count=0 delay=50 "           \
    "operation=1\n"
#define PENDED_END(error) "ioctl-end socket=5 operation=1 error=" error "\n"
#define ACCEPT_EX                                                                                  \
    "socket socket=5 family=2 type=1\naccept-ex socket=1 other=5 operation=1\n"                    \
    "accepted-ex socket=1 other=5 peer=127.0.0.1:5001\n"
#define UPDATE_ACCEPT "update-accept socket=5 error=0\n"
#define CONNECT_EX "connect socket=7 name=ConnectEx peer=198.18.0.1:443 dial=1 by=1\n"
#define UPDATE_CONNECT "update-connect socket=7 error=0\n"
#define SHUTDOWN "shutdown socket=7 how=1 error=0\n"

static const struct script_case call_cases[] = {
    {"PRX-19", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-19", PROXY_IDLE, "", BEGIN PROPER ACCEPT REFUSED},
    {"PRX-19", PROXY_FAIL, "", BEGIN TAKEN SOCKET NO_COUNT_SET DIAL REST},
    {"PRX-19", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=1 count-pointer=3 "
                         "overlapped-pointer=3 error=10014\n" SOCKET DIAL REST},
    {"PRX-19", PROXY_PASS, "",
     BEGIN PROPER ACCEPT "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=1 count-pointer=3 "
                         "overlapped-pointer=0 error=0 count=780 out=1/780\n" SERVED},

    {"PRX-21", PROXY_PASS, "", BEGIN PROPER ACCEPT PENDED PENDED_END("0") SERVED},
    {"PRX-21", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-21", PROXY_UNDECIDED, "", BEGIN PROPER ACCEPT PENDED END},
    {"PRX-21", PROXY_FAIL, "", BEGIN PROPER ACCEPT PENDED REFUSED},
    {"PRX-21", PROXY_FAIL, "", BEGIN PROPER ACCEPT PENDED PENDED_END("0") REFUSED},
    {"PRX-21", PROXY_PASS, "", BEGIN DIRECT ACCEPT PENDED_NONE PENDED_END("0") REFUSED},
    {"PRX-21", PROXY_FAIL, "", BEGIN PROPER ACCEPT PENDED PENDED_END("10014") REFUSED},
    {"PRX-21", PROXY_FAIL, "", BEGIN PROPER ACCEPT PENDED SOCKET DIAL PENDED_END("0") REST},

    {"PRX-35", PROXY_PASS, "", BEGIN PROPER ACCEPT_EX UPDATE_ACCEPT RECORD_OK SERVED},
    {"PRX-35", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-35", PROXY_FAIL, "", BEGIN PROPER ACCEPT_EX RECORD_OK UPDATE_ACCEPT SERVED},
    {"PRX-35", PROXY_FAIL, "", BEGIN PROPER ACCEPT_EX "peer-name socket=5 error=0\n" REFUSED},
    {"PRX-35", PROXY_FAIL, "", BEGIN PROPER ACCEPT_EX NO_RECORD SOCKET DIAL REST},

    {"PRX-36", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK CONNECT_EX UPDATE_CONNECT SHUTDOWN REST},
    {"PRX-36", PROXY_IDLE, "", BEGIN TAKEN SOCKET SET_OK CONNECT_EX REST},
    {"PRX-36", PROXY_IDLE, "", BEGIN TAKEN SOCKET SET_OK DIAL SHUTDOWN REST},
    {"PRX-36", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK CONNECT_EX SHUTDOWN REST},

    {"PRX-23", PROXY_PASS, "", RUN LISTENER("0x7fffffff") SCENARIO TAKEN SERVED},
    {"PRX-23", PROXY_PASS, "", RUN LISTENER("200") SCENARIO TAKEN SERVED},
    {"PRX-23", PROXY_PASS, "", RUN LISTENER("0xfffffc00") SCENARIO TAKEN SERVED},
    {"PRX-23", PROXY_FAIL, "", RUN LISTENER("5") SCENARIO TAKEN SERVED},
    {"PRX-23", PROXY_FAIL, "", RUN LISTENER("-100") SCENARIO TAKEN SERVED},
    /* Nobody of ours came through this one. */
    {"PRX-23", PROXY_IDLE, "", RUN LISTENER("5") SCENARIO END},
};

static void test_calls(void **state)
{
    (void)state;
    CHECK(call_cases);
}

/* ---- what passes through ---- */

#define PROPER_HALF                                                                                \
    "client client=1 flags=33 size=9 peer=198.18.0.1:443 local=127.0.0.1:5001\n" ACCEPT
#define HALF_CLIENT PROPER_HALF RECORD_OK
#define HALF_REST "arrival-end dial=1 how=0 size=9\nclient-data client=1 size=9 error=0\n" REFUSED
#define HALF "client-shutdown client=1 size=9\n"
#define DIAL_ENDS(how) "arrival-end dial=1 client=1 how=" how "\n"
#define ONE_LEAKED(n)                                                                              \
    "client client=" n " flags=1 peer=198.18.1." n ":80 local=127.0.0.1:60" n "\n"                 \
    "accept socket=1 other=10" n " client=" n " error=0\n"                                         \
    "ioctl socket=10" n " code=QUERY_RECORDS out-size=1024 by=1 error=0 count=780 out=" n "/780\n" \
    "client-end client=" n " how=0\n"
#define ONE_CLOSED(n) ONE_LEAKED(n) "close socket=10" n "\n"
#define EIGHT(one) one("11") one("12") one("13") one("14") one("15") one("16") one("17") one("18")
#define FOUR(x) x x x x
#define TWICE(x) x x
#define DIAL_UNDER_WAY "connect socket=7 peer=198.18.0.1:443 dial=1 by=1\n"

static const struct script_case stream_cases[] = {
    {"PRX-31", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-31", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-31", PROXY_UNDECIDED, "", BEGIN TAKEN REFUSED},
    {"PRX-31", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK DIAL "client-data client=1 size=9 error=1\n" REST},
    {"PRX-31", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK DIAL "arrival-data dial=1 client=1 size=9 error=1\n" REST},

    {"PRX-32", PROXY_PASS, "", BEGIN HALF_CLIENT SOCKET SET_OK DIAL HALF HALF_REST},
    {"PRX-32", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    /* One dial of several brought it all. */
    {"PRX-03", PROXY_FAIL, "",
     BEGIN PROPER_HALF SOCKET DIAL
     "arrival-end dial=1 how=0 size=0\n" RECORD_OK REDIAL HALF
     "arrival-end dial=2 how=0 size=9\nclient-data client=1 size=9 error=0\n" REFUSED},
    /* Its end was not passed on, or cut the answer off; the destination lost what it was sent. */
    {"PRX-32", PROXY_FAIL, "",
     BEGIN HALF_CLIENT SOCKET SET_OK DIAL HALF "arrival-end dial=1 how=3 size=9\n" STUCK},
    {"PRX-32", PROXY_FAIL, "",
     BEGIN HALF_CLIENT SOCKET SET_OK DIAL HALF "arrival-end dial=1 how=0 size=9\n"
                                               "client-data client=1 size=3 error=0\n" REFUSED},
    {"PRX-32", PROXY_FAIL, "",
     BEGIN HALF_CLIENT SOCKET SET_OK DIAL HALF "arrival-end dial=1 how=0 size=4\n"
                                               "client-data client=1 size=9 error=0\n" REFUSED},

    {"PRX-33", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED REFUSED},
    {"PRX-33", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK DIAL DIAL_ENDS("1") REFUSED},
    {"PRX-33", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-33", PROXY_UNDECIDED, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED END},
    {"PRX-33", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED STUCK},
    {"PRX-33", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK DIAL DIAL_ENDS("1") STUCK},
    /* One address of two was enough. */
    {"PRX-33", PROXY_IDLE, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED REDIAL REST},

    {"PRX-34", PROXY_PASS, "", BEGIN EIGHT(ONE_CLOSED) END},
    {"PRX-34", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-34", PROXY_FAIL, "", BEGIN EIGHT(ONE_LEAKED) END},
    {"PRX-34", PROXY_UNDECIDED, "", BEGIN "passed name=DisconnectEx\n" EIGHT(ONE_LEAKED) END},

    {"PRX-37", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-37", PROXY_IDLE, "", BEGIN TAKEN REFUSED},
    {"PRX-37", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK DIAL "loop text=A>B>A\n" REST},

    {"PRX-38", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-38", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-38", PROXY_UNDECIDED, "", BEGIN TAKEN REFUSED},
    {"PRX-38", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 peer=198.18.0.1:47873\n" REST},
    {"PRX-38", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 peer=198.18.0.9:443\n" REST},
    /* It has no record to know it by, and that is told. */
    {"PRX-03", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT RECORDS("1024", "error=10050 count=0") SOCKET
     "connect socket=7 peer=198.18.0.9:443\n" REST},
    /* A mapped address is the address that it maps. */
    {"PRX-38", PROXY_PASS, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 peer=[::ffff:198.18.0.1]:443\n" REST},
    /* Through an upstream what it is asked for counts. */
    {"PRX-38", PROXY_PASS, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 client=1 dial=1 peer=127.0.0.1:1080\n"
                               "arrival dial=1 client=1 peer=198.18.0.1:443\n" REST},
    {"PRX-38", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK "connect socket=7 client=1 dial=1 peer=127.0.0.1:1080\n"
                               "arrival dial=1 client=1 peer=198.18.0.1:80\n" REST},

    {"PRX-38", PROXY_FAIL, "",
     FLOWS "datagram-send socket=2 peer=198.18.0.1:13568 control=OBJECT/0/1/780\n" END},
    {"PRX-38", PROXY_FAIL, "",
     FLOWS "datagram-send socket=2 client=1 peer=198.18.0.1:13568 control=OBJECT/0/1/780\n" END},
    {"PRX-38", PROXY_PASS, "", FLOWS SENT_FIRST END},

    {"PRX-39", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED REFUSED},
    {"PRX-39", PROXY_PASS, "", BEGIN TAKEN SOCKET SET_OK DIAL_REFUSED REDIAL REST},
    {"PRX-39", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-39", PROXY_FAIL, "",
     BEGIN TAKEN SOCKET SET_OK FOUR(FOUR(DIAL_REFUSED)) DIAL_REFUSED REFUSED},

    {"PRX-40", PROXY_PASS, "", BEGIN TAKEN SERVED},
    {"PRX-40", PROXY_PASS, "", BEGIN TAKEN REFUSED},
    {"PRX-40", PROXY_IDLE, "", BEGIN DIRECT ACCEPT NO_RECORD REFUSED},
    {"PRX-40", PROXY_UNDECIDED, "", BEGIN PROPER END},
    {"PRX-40", PROXY_UNDECIDED, "", BEGIN TAKEN END},
    {"PRX-40", PROXY_UNDECIDED, "", BEGIN TAKEN SOCKET SET_OK DIAL_UNDER_WAY STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN PROPER ACCEPT STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN TAKEN STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN PROPER ACCEPT RECORDS("1024", "error=10050 count=0") STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK DIAL STUCK},
    {"PRX-40", PROXY_FAIL, "", BEGIN TAKEN SOCKET SET_OK DIAL DATA DIAL_END STUCK},
    /* A dial after it had given up is none. */
    {"PRX-40", PROXY_FAIL, "", BEGIN TAKEN CLIENT_END("3") SOCKET SET_OK DIAL END},
    {"PRX-22", PROXY_FAIL, "",
     BEGIN CLIENT("9") ACCEPT "stream-receive socket=5\n" CLIENT_END("3")
         RECORD_OK SOCKET SET_OK DIAL END},
    /* Where others tell why, it is silent. */
    {"PRX-04", PROXY_FAIL, "", BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2049") STUCK},
    {"PRX-05", PROXY_FAIL, "",
     BEGIN PROPER ACCEPT TWICE(FOUR(RECORDS("1024", "error=10050 count=0")))
         RECORDS("1024", "error=10050 count=0") STUCK},
    {"PRX-12", PROXY_FAIL, "", BEGIN TAKEN "process-end how=5\n" STUCK},
    /* All go to one place: whose dial is whose nobody can tell. */
    {"PRX-03", PROXY_FAIL, "",
     BEGIN PROPER CLIENT_2 ACCEPT ACCEPT_2 SOCKET DIAL SOCKET_2 DIAL_ON("8", "198.18.0.1:443", "2")
         DATA DIAL_END CLIENT_END("0") "client-end client=2 how=3\n" CLOSE END},
};

static void test_streams(void **state)
{
    (void)state;
    CHECK(stream_cases);
}

/* ---- datagrams ---- */

static const struct script_case datagram_cases[] = {
    {"PRX-25", PROXY_PASS, "", FLOWS SENT_FIRST END},
    {"PRX-25", PROXY_IDLE, "", BEGIN TAKEN SERVED},
    {"PRX-25", PROXY_FAIL, "", RUN UDP SCENARIO FLOW GOT("1", "") END},
    {"PRX-25", PROXY_FAIL, "", RUN UDP OPTION("0", "70") SCENARIO FLOW GOT("1", "") END},
    {"PRX-25", PROXY_FAIL, "", RUN UDP SCENARIO FLOW GOT("1", "") OPTIONS END},
    {"PRX-25", PROXY_FAIL, "",
     RUN UDP_V6 OPTIONS SCENARIO FLOW_V6
     "datagram-receive socket=1 client=1 peer=[::1]:5001\n" END},
    {"PRX-25", PROXY_PASS, "",
     RUN UDP_V6 OPTION("41", "60") OPTION("41", "70") SCENARIO FLOW_V6
     "datagram-receive socket=1 client=1 peer=[::1]:5001\n" END},

    {"PRX-26", PROXY_PASS, "", FLOWS SENT_FIRST END},
    {"PRX-26", PROXY_PASS, "",
     UDP_BEGIN FLOW GOT("1", "control-size=64 flags=512 error=10040") END},
    {"PRX-26", PROXY_IDLE, "", UDP_BEGIN FLOW GOT("1", "") END},
    {"PRX-26", PROXY_FAIL, "",
     UDP_BEGIN FLOW UPSTREAM GOT("1", "control-size=64 flags=512") SENT("") END},

    {"PRX-27", PROXY_PASS, "",
     UDP_BEGIN FLOW UPSTREAM GOT("1", "control=OBJECT/41/9/700") GOT_FIRST SENT_FIRST SENT("") END},
    {"PRX-27", PROXY_IDLE, "", FLOWS SENT_FIRST END},
    {"PRX-27", PROXY_FAIL, "",
     UDP_BEGIN FLOW UPSTREAM GOT_FIRST GOT("1", "control=OBJECT/41/9/700")
         SENT("control=OBJECT/0/9/700 error=10022") END},
    {"PRX-27", PROXY_FAIL, "PRX-12",
     UDP_BEGIN FLOW GOT("1", "control=1/24") "process-end how=4\n" END},

    {"PRX-28", PROXY_PASS, "",
     FLOWS SENT_FIRST FLOW_2 GOT(
         "2", "control=OBJECT/0/2/780") "datagram-send socket=2 peer=198.18.0.2:53 client=2 "
                                        "control=OBJECT/0/2/780\n" END},
    {"PRX-28", PROXY_IDLE, "", FLOWS SENT_FIRST END},
    {"PRX-28", PROXY_FAIL, "",
     FLOWS SENT_FIRST FLOW_2 GOT("2", "control=OBJECT/0/2/780")
         SENT("control=OBJECT/0/2/780") "arrival-data client=1 size=9 error=1\n" END},
    {"PRX-28", PROXY_FAIL, "",
     FLOWS SENT_FIRST GOT("1",
                          "") "datagram-send socket=3 peer=198.18.0.1:53 client=1 size=9\n" END},

    {"PRX-29", PROXY_PASS, "", FLOWS SENT_FIRST GOT("1", "") SENT("") END},
    {"PRX-29", PROXY_IDLE, "", UDP_BEGIN FLOW GOT("1", "") END},
    {"PRX-29", PROXY_FAIL, "", FLOWS SENT("") END},
    {"PRX-29", PROXY_FAIL, "", FLOWS SENT("control=OBJECT/0/1/700") END},
    {"PRX-29", PROXY_FAIL, "", FLOWS SENT_FIRST GOT("1", "") SENT_FIRST END},
    /* By a socket that is connected, too. */
    {"PRX-29", PROXY_PASS, "",
     FLOWS "connect socket=2 peer=198.18.0.1:53 by=1\n"
           "datagram-send socket=2 size=9 control=OBJECT/0/1/780\n" END},

    {"PRX-30", PROXY_PASS, "", FLOWS SENT_FIRST BACK BACK_SENT END},
    {"PRX-30", PROXY_IDLE, "", FLOWS SENT_FIRST},
    {"PRX-30", PROXY_FAIL, "", FLOWS END},
    {"PRX-30", PROXY_FAIL, "", FLOWS GOT("1", "") SENT_FIRST END},
    {"PRX-30", PROXY_FAIL, "", FLOWS SENT_FIRST BACK BACK BACK_SENT END},
};

static void test_datagrams(void **state)
{
    (void)state;
    CHECK(datagram_cases);
}

/* ---- without a lab that answers ---- */

#define REAL_ACCEPT "accept socket=1 other=5 peer=10.0.0.1:5001 error=0\n"
#define REAL_ASK(size, answer)                                                                     \
    "ioctl socket=5 code=QUERY_RECORDS out-size=" size " by=2\n"                                   \
    "done kind-of=ioctl socket=5 " answer "\n"
#define REAL_RECORD REAL_ASK("1024", "error=0 count=780 out=1/780")
#define REAL_SET(bytes, answer)                                                                    \
    SOCKET "ioctl socket=7 code=SET_RECORDS in-size=780 in=" bytes " by=2\n"                       \
           "done kind-of=ioctl socket=7 " answer "\n"
#define REAL_DIAL                                                                                  \
    "connect socket=7 peer=203.0.113.9:443 by=2\ndone kind-of=connect socket=7 error=0\n"

static const struct script_case passed_cases[] = {
    {"PRX-16", PROXY_PASS, "",
     RUN LISTENER("-1024") REAL_ACCEPT REAL_RECORD REAL_SET("1/780", "error=0") REAL_DIAL},
    {"PRX-16", PROXY_FAIL, "",
     RUN LISTENER("-1024") REAL_ACCEPT REAL_RECORD REAL_SET("CUT/1/780/1024", "error=0") REAL_DIAL},
    {"PRX-18", PROXY_FAIL, "",
     RUN LISTENER("-1024") REAL_ACCEPT REAL_RECORD REAL_SET("1/780", "error=10013") REAL_DIAL},
    {"PRX-04", PROXY_FAIL, "",
     RUN LISTENER("-1024") REAL_ACCEPT REAL_ASK("1024", "error=10014 count=2049")},
    {"PRX-23", PROXY_FAIL, "", RUN LISTENER("5") REAL_ACCEPT REAL_RECORD},
    /* Without a record it may have been anybody, and what is dialled anybody's. */
    {"PRX-10", PROXY_IDLE, "",
     RUN LISTENER("5") REAL_ACCEPT REAL_ASK("1024", "error=10022 count=0") SOCKET REAL_DIAL},
};

static void test_passed_through(void **state)
{
    (void)state;
    CHECK(passed_cases);
}

/* ---- traces that no lab would make ---- */

enum { STRANGE_TRACES = 200, STRANGE_EVENTS = 150 };

static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Small numbers meet each other; of bytes there are a few, or some. */
static void add_strange(struct trace *trace, uint32_t *state)
{
    static const uint32_t codes[] = {WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT,
                                     WFP_SIO_SET_RECORDS, 0x580000DC};
    static const uint8_t bytes[64] = {16, [12] = 60, [16] = 60};
    struct event event;

    memset(&event, 0, sizeof event);
    event.kind = next_number(state) % EVENT_KIND_COUNT;
    for (unsigned field = 0; field < FIELDS_ALL; field++) {
        const uint32_t choice = next_number(state);
        const struct wfp_address address = {.bytes = {198, 18, 0, (uint8_t)(choice % 3)},
                                            .port = (uint16_t)(choice % 2),
                                            .family = choice / 4 % 2};

        if (choice % 4 == 3) {
            continue;
        }
        if (field >= FIELD_ADDRESSES_END) {
            event_set_bytes(&event, field, bytes, choice % sizeof bytes);
        } else if (field >= FIELD_NUMBERS_END) {
            event_set_address(&event, field, &address);
        } else if (choice % 64 == 0) {
            event_set_number(&event, field, UINT64_MAX - choice);
        } else {
            event_set_number(&event, field,
                             field == FIELD_CODE ? codes[choice / 8 % 4] : choice / 8 % 4);
        }
    }
    assert_true(trace_add(trace, &event));
}

static void test_any_trace_can_be_judged(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < STRANGE_TRACES; i++) {
        struct trace *trace = trace_new();
        struct proxy_judgement *judgement;

        assert_non_null(trace);
        for (int event = 0; event < STRANGE_EVENTS; event++) {
            add_strange(trace, &random);
        }
        assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
        assert_true(judgement->count >= PROXY_RULES);
        proxy_judgement_free(judgement);
        trace_free(trace);
    }
}

/* ---- the table ---- */

static void test_each_rule_has_all_its_verdicts(void **state)
{
    static const struct {
        const struct script_case *cases;
        size_t count;
    } tables[] = {
        {query_cases, sizeof query_cases / sizeof query_cases[0]},
        {client_cases, sizeof client_cases / sizeof client_cases[0]},
        {set_cases, sizeof set_cases / sizeof set_cases[0]},
        {call_cases, sizeof call_cases / sizeof call_cases[0]},
        {stream_cases, sizeof stream_cases / sizeof stream_cases[0]},
        {datagram_cases, sizeof datagram_cases / sizeof datagram_cases[0]},
    };
    unsigned seen[PROXY_RULES] = {0};

    (void)state;
    for (size_t table = 0; table < sizeof tables / sizeof tables[0]; table++) {
        for (size_t i = 0; i < tables[table].count; i++) {
            const struct script_case *one = &tables[table].cases[i];

            seen[proxy_rule_named(one->rule) - proxy_rules] |= 1U << one->verdict;
        }
    }
    for (size_t i = 0; i < PROXY_RULES; i++) {
        const unsigned wanted = 1U << PROXY_PASS | 1U << PROXY_FAIL | 1U << PROXY_IDLE;

        if ((seen[i] & wanted) != wanted) {
            fail_msg("%s was not seen to pass, fail and be idle", proxy_rules[i].id);
        }
    }
}

static void test_ids_are_in_order(void **state)
{
    (void)state;
    for (int i = 0; i < PROXY_RULES; i++) {
        char id[16];

        (void)snprintf(id, sizeof id, "PRX-%02d", i + 1);
        assert_string_equal(proxy_rules[i].id, id);
    }
    assert_null(proxy_rule_named("PRX-41"));
}

static void test_clauses_are_in_the_catalogue(void **state)
{
    struct complaints complaints = {0};
    struct catalogue *catalogue;
    char root[4096];

    (void)state;
    assert_true(tree_default_root(root, sizeof root));
    assert_int_equal(catalogue_load(root, &complaints, &catalogue), STATUS_OK);
    for (size_t i = 0; i < PROXY_RULES; i++) {
        char words[256];

        (void)snprintf(words, sizeof words, "%s", proxy_rules[i].clauses);
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
            if (!catalogue_has(catalogue, word)) {
                fail_msg("%s cites %s", proxy_rules[i].id, word);
            }
        }
    }
    catalogue_free(catalogue);
}

static void test_evidence_is_precise(void **state)
{
    struct trace *trace =
        proxy_script(BEGIN PROPER ACCEPT TOO_SMALL("1024", "10014", "2049") SOCKET DIAL REST);
    struct proxy_judgement *judgement;

    (void)state;
    assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
    trace_free(trace);
    for (size_t i = 0; i < judgement->count; i++) {
        const struct proxy_case *one = &judgement->cases[i];

        if (one->verdict != PROXY_FAIL) {
            continue;
        }
        assert_string_equal(one->scenario, "one");
        assert_string_equal(one->profile, "observed");
        assert_string_equal(one->message,
                            "Asked with 1024, was told WSAEFAULT and 2049 bytes, gave "
                            "up and dialled without the record.");
        assert_string_equal(one->evidence,
                            "call 10  ioctl s5 QUERY_RECORDS out=1024 -> WSAEFAULT, 2049\n"
                            "call 12  connect s7 dial 1 to 198.18.0.1:443                          "
                            "<- no SET before "
                            "this\n");
    }
    proxy_judgement_free(judgement);
}

static const struct {
    const char *script;
    const char *expected;
} listed[] = {
    {BEGIN "socket socket=20 family=2 type=1\nconnect socket=20 peer=8.8.8.8:53\n"
           "connect socket=20 peer=8.8.4.4:53\npassed name=WSAIoctlEx\nnote text=hello\n"
           "note text=hello\n" END,
     "not followed: WSAIoctlEx\nnote: hello (2 times)\ndial for no client: 8.8.8.8:53\n"
     "dial for no client: 8.8.4.4:53\n"},
    {BEGIN TAKEN SOCKET SET_OK "connect socket=7 peer=127.0.0.1:1080\n" CLOSE CLIENT_END("0") END,
     "dial past the lab (to an upstream? --upstream names it): 127.0.0.1:1080\n"},
    {BEGIN TAKEN SERVED, ""},
};

static void test_lists_what_it_does_not_judge(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        struct trace *trace = proxy_script(listed[i].script);
        struct proxy_judgement *judgement;

        assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
        trace_free(trace);
        assert_string_equal(judgement->listed != NULL ? judgement->listed : "", listed[i].expected);
        proxy_judgement_free(judgement);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_passed_through),
        cmocka_unit_test(test_any_trace_can_be_judged),
        cmocka_unit_test(test_each_rule_has_all_its_verdicts),
        cmocka_unit_test(test_ids_are_in_order),
        cmocka_unit_test(test_clauses_are_in_the_catalogue),
        cmocka_unit_test(test_evidence_is_precise),
        cmocka_unit_test(test_lists_what_it_does_not_judge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
