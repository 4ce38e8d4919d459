/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/tree.h"
#include "tests/unit/vectors.h"

struct shipped shipped;

int shipped_open(void **state)
{
    struct complaints complaints = {0};

    (void)state;
    return !tree_default_root(shipped.root, sizeof shipped.root) ||
           key_catalogue_load(shipped.root, &complaints, &shipped.keys) != STATUS_OK ||
           profile_load(shipped.root, "documented", shipped.keys, &complaints,
                        &shipped.documented) != STATUS_OK ||
           profile_load(shipped.root, "observed", shipped.keys, &complaints, &shipped.observed) !=
               STATUS_OK ||
           profile_load(shipped.root, "unsupported", shipped.keys, &complaints,
                        &shipped.unsupported) != STATUS_OK ||
           backend_simulator_open(wfp_rules_shipped(), &shipped.backend) != STATUS_OK;
}

int shipped_close(void **state)
{
    (void)state;
    shipped.backend.close(shipped.backend.state);
    profile_free(shipped.documented);
    profile_free(shipped.observed);
    profile_free(shipped.unsupported);
    key_catalogue_free(shipped.keys);
    return 0;
}

struct vector *vector_quoted(const char *text)
{
    struct complaints complaints = {0};
    struct document *document = NULL;
    struct vector *vector = NULL;
    char quoted[4096];
    enum status status;

    (void)snprintf(quoted, sizeof quoted, "%s", text);
    for (char *quote = strchr(quoted, '\''); quote != NULL; quote = strchr(quote, '\'')) {
        *quote = '"';
    }
    status = document_from_text("request", quoted, strlen(quoted), &complaints, &document);
    if (status == STATUS_OK) {
        status = vector_read(document, shipped.keys, &complaints, &vector);
    }
    complaints_print(&complaints, stderr);
    assert_int_equal(status, STATUS_OK);
    return vector;
}
