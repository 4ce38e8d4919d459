/* SPDX-License-Identifier: MIT */

/* What libpcap itself costs: pcap_next_ex() over a file, as the manual shows it, and nothing else.
 */

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    uint64_t packets = 0;
    uint64_t sum = 0;

    if (pcap == NULL) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 2;
    }
    while (pcap_next_ex(pcap, &header, &bytes) == 1) {
        packets++;
        sum += header->len;
    }
    pcap_close(pcap);
    printf("%llu packets, %llu bytes\n", (unsigned long long)packets, (unsigned long long)sum);
    return 0;
}
