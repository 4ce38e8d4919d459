/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "harness/complaint.h"
#include "harness/lab/server/image.h"
#include "harness/platform/child.h"
#include "harness/platform/console.h"
#include "harness/platform/files.h"
#include "harness/platform/system.h"

enum { OWN_ARGUMENTS = 4 };

static const char who[] = "wfpcheck proxy";
static const char launcher_name[] = "wfpcheck-launch.exe";

bool launch_system(char *text, size_t size)
{
    struct system_description system;

    system_describe(&system);
    (void)snprintf(text, size, "%.80s %.80s %.80s", system.name, system.build, system.architecture);
    return strcmp(system.name, "Windows") == 0 || strcmp(system.name, "Wine") == 0;
}

static char *join(const char *a, const char *b, const char *c)
{
    const size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(size);

    if (text != NULL) {
        (void)snprintf(text, size, "%s%s%s", a, b, c);
    }
    return text;
}

/* ---- the folder of launcher and DLL ---- */

static bool has_launcher(const char *folder, struct launch *launch)
{
    char *path = join(folder, "/", launcher_name);

    if (path == NULL || files_kind(path) != FILES_REGULAR) {
        free(path);
        return false;
    }
    launch->launcher = path;
    return true;
}

/* Beside the installed program, and in the build tree of the source. */
static bool find_usual_folder(bool x86, struct launch *launch)
{
    static const char *const folders[][2] = {
        {"/../lib/wfpcheck/windows-x86_64", "/../lib/wfpcheck/windows-i686"},
        {"", NULL}, /* the folder of this program has its own kind only */
        {"/../mingw", "/../mingw32"},
    };
    char program[LAUNCH_PATH_MAX];
    bool found = false;

    if (!program_directory(program, sizeof program)) {
        return false;
    }
    for (size_t i = 0; !found && i < sizeof folders / sizeof folders[0]; i++) {
        const char *below = folders[i][x86];
        char *folder = below == NULL ? NULL : join(program, below, "");

        found = folder != NULL && has_launcher(folder, launch);
        free(folder);
    }
    return found;
}

static enum status find_launcher(const char *wished, bool x86, struct complaints *complaints,
                                 struct launch *launch)
{
    const char *named = wished != NULL ? wished : getenv("WFPCHECK_SHIM");

    if (named != NULL) {
        if (has_launcher(named, launch)) {
            return STATUS_OK;
        }
        complain(complaints, wished != NULL ? "--shim" : "WFPCHECK_SHIM", 0, "folder",
                 "the one that holds wfpcheck-launch.exe and wfpcheck-shim.dll", "%s", named);
        return STATUS_BAD_INPUT;
    }
    if (find_usual_folder(x86, launch)) {
        return STATUS_OK;
    }
    complain(complaints, who, 0, "shim",
             x86 ? "wfpcheck-launch.exe and wfpcheck-shim.dll for 32-bit programs; build them with "
                   "the preset mingw32, or name their folder with --shim"
                 : "wfpcheck-launch.exe and wfpcheck-shim.dll; build them with the preset mingw, "
                   "or name their folder with --shim",
             "neither beside this program nor in lib/wfpcheck");
    return STATUS_BROKEN;
}

/* ---- Wine ---- */

static bool is_on_path(const char *name)
{
    const char *path = getenv("PATH");
    bool found = false;

    while (!found && path != NULL && *path != '\0') {
        const size_t length = strcspn(path, ":");
        char file[LAUNCH_PATH_MAX];

        (void)snprintf(file, sizeof file, "%.*s/%s", (int)length, path, name);
        found = files_kind(file) == FILES_REGULAR;
        path += length;
        path += *path == ':';
    }
    return found;
}

static const char *wine_name(void)
{
    const char *named = getenv("WFPCHECK_WINE");

    return named != NULL ? named : "wine";
}

static bool is_there(const char *wine)
{
    return strchr(wine, '/') != NULL ? files_kind(wine) == FILES_REGULAR : is_on_path(wine);
}

/* It prints pages about a program that dies, and what the program itself has printed is lost. */
static void without_debugger(void)
{
    static const char name[] = "WINEDLLOVERRIDES";
    static const char debugger[] = "winedbg.exe=d";
    const char *given = getenv(name);
    char *both;

    if (given != NULL && strstr(given, "winedbg") != NULL) {
        return;
    }
    both = given == NULL ? join("", debugger, "") : join(given, ";", debugger);
    if (both != NULL) {
        (void)uv_os_setenv(name, both);
    }
    free(both);
}

void launch_quiet_wine(void)
{
    if (getenv("WINEDEBUG") == NULL) {
        (void)uv_os_setenv("WINEDEBUG", "-all");
    }
    without_debugger();
}

void launch_wine_version(char *text, size_t size)
{
    char *const command[] = {join(wine_name(), "", ""), join("--version", "", ""), NULL};
    struct child child;
    int code;

    text[0] = '\0';
    if (command[0] != NULL && command[1] != NULL && is_there(command[0]) &&
        child_start(command, &child)) {
        if (fgets(text, (int)size, child.out) != NULL) {
            const size_t name = strncmp(text, "wine-", 5) == 0 ? 5 : 0;

            text[strcspn(text, " \r\n")] = '\0';
            memmove(text, text + name, strlen(text + name) + 1);
        }
        (void)child_wait(&child, &code);
    }
    free(command[0]);
    free(command[1]);
}

static enum status find_wine(struct complaints *complaints, struct launch *launch)
{
    const char *wine = wine_name();

    if (!is_there(wine)) {
        complain(complaints, getenv("WFPCHECK_WINE") != NULL ? "WFPCHECK_WINE" : who, 0, "Wine",
                 "Wine, which runs Windows programs here: install it (Debian: apt install wine), "
                 "or name it in WFPCHECK_WINE",
                 "%s, which is not there", wine);
        return STATUS_BROKEN;
    }
    launch->wine = join(wine, "", "");
    return launch->wine != NULL ? STATUS_OK : STATUS_BROKEN;
}

/* ---- the command ---- */

/*
 * A name without a folder is left to the launcher, which searches for it; so is a path with a
 * drive, which under Wine is none of this system.
 */
static enum status check_program(const char *program, struct complaints *complaints, bool *x86)
{
    static const char *const refused[] = {
        [IMAGE_ABSENT] = "no such file",
        [IMAGE_OTHER] = "a file that is none",
        [IMAGE_X64] = NULL,
        [IMAGE_X86] = NULL,
        [IMAGE_ASSEMBLY] = "a .NET assembly: start the x64 program that dotnet publish makes of it",
    };
    const enum image_kind kind = image_kind_of(program);
    const bool is_path = strchr(program, '/') != NULL;

    *x86 = kind == IMAGE_X86;
    if (refused[kind] != NULL && (kind != IMAGE_ABSENT || is_path)) {
        complain(complaints, program, 0, "program", "a Windows program, x64 or x86", "%s",
                 refused[kind]);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

static bool add_argument(struct launch *launch, size_t *at, const char *argument)
{
    launch->arguments[*at] = join(argument, "", "");
    return launch->arguments[(*at)++] != NULL;
}

static bool add_arguments(const struct launch_wish *wish, struct launch *launch)
{
    bool good = true;
    size_t count = 0;
    size_t at = 0;

    while (wish->command[count] != NULL) {
        count++;
    }
    launch->arguments = calloc(count + OWN_ARGUMENTS + 1, sizeof *launch->arguments);
    if (launch->arguments == NULL) {
        return false;
    }
    if (launch->wine != NULL) {
        good &= add_argument(launch, &at, launch->wine);
    }
    good &= add_argument(launch, &at, launch->launcher);
    if (wish->follow) {
        good &= add_argument(launch, &at, "--follow");
    }
    good &= add_argument(launch, &at, "--");
    for (size_t i = 0; good && i < count; i++) {
        good = add_argument(launch, &at, wish->command[i]);
    }
    return good;
}

void launch_mark(unsigned port, const char *token, char mark[LAUNCH_MARK_MAX])
{
    (void)snprintf(mark, LAUNCH_MARK_MAX, "WFPCHECK_LAB=%u:%s", port, token);
}

static bool add_variables(const struct launch_wish *wish, struct launch *launch)
{
    char mark[LAUNCH_MARK_MAX];

    launch_mark(wish->port, wish->token, mark);
    launch->variables[0] = join(mark, "", "");
    launch->variables[1] = join("WFPCHECK_SHIM_FOLLOW=", wish->follow ? "1" : "0", "");
    return launch->variables[0] != NULL && launch->variables[1] != NULL;
}

enum status launch_make(const struct launch_wish *wish, struct complaints *complaints,
                        struct launch *launch)
{
    char system[256];
    bool x86 = false;
    enum status status;

    *launch = (struct launch){0};
    status = check_program(wish->command[0], complaints, &x86);
    if (status == STATUS_OK) {
        status = find_launcher(wish->shim, x86, complaints, launch);
    }
    if (status == STATUS_OK && !launch_system(system, sizeof system)) {
        status = find_wine(complaints, launch);
    }
    if (status == STATUS_OK && (!add_arguments(wish, launch) || !add_variables(wish, launch))) {
        status = STATUS_BROKEN;
    }
    return status;
}

void launch_release(struct launch *launch)
{
    launch_texts_free(launch->arguments);
    free(launch->launcher);
    free(launch->wine);
    for (size_t i = 0; i < LAUNCH_VARIABLES_MAX; i++) {
        free(launch->variables[i]);
    }
    *launch = (struct launch){0};
}

/* ---- the environment ---- */

static bool is_replaced(const struct launch *launch, const char *name)
{
    const size_t length = strlen(name);

    for (size_t i = 0; i < LAUNCH_VARIABLES_MAX; i++) {
        if (strncmp(launch->variables[i], name, length) == 0 &&
            launch->variables[i][length] == '=') {
            return true;
        }
    }
    return false;
}

static char **fill_environment(const struct launch *launch, const uv_env_item_t *items, int count)
{
    char **environment = calloc((size_t)count + LAUNCH_VARIABLES_MAX + 1, sizeof *environment);
    size_t at = 0;

    for (int i = 0; environment != NULL && i < count; i++) {
        if (!is_replaced(launch, items[i].name)) {
            environment[at++] = join(items[i].name, "=", items[i].value);
        }
    }
    for (size_t i = 0; environment != NULL && i < LAUNCH_VARIABLES_MAX; i++) {
        environment[at++] = join(launch->variables[i], "", "");
    }
    return environment;
}

char **launch_environment(const struct launch *launch)
{
    uv_env_item_t *items;
    int count = 0;
    char **environment;

    if (uv_os_environ(&items, &count) != 0) {
        return NULL;
    }
    environment = fill_environment(launch, items, count);
    uv_os_free_environ(items, count);
    return environment;
}

void launch_texts_free(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        free(texts[i]);
    }
    free(texts);
}
