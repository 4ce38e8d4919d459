/* SPDX-License-Identifier: MIT */

/* The door: one function per command. Each gets what follows its name and gives an exit code
 * (harness/command.h). */

#ifndef HARNESS_CLI_H
#define HARNESS_CLI_H

int cli_run(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_show(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_coverage(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_lint(int argc, char **argv);
int cli_record(int argc, char **argv);
int cli_judge(int argc, char **argv);
int cli_diff(int argc, char **argv);
int cli_replay(int argc, char **argv);
int cli_proxy(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_bench(int argc, char **argv);

#endif
