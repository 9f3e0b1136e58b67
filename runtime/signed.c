/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that their sender signs: what is said of their fields and text.
 */
#include "signed.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "integer.h"

#define HEX "0123456789abcdefABCDEF"
#define BASE64                                                                \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
#define TOLERANCE     300      /* seconds, where none is said */
#define MAX_TOLERANCE 31622400 /* 366 days */
#define HEADER_PREFIX "header:"
#define PREFIX_LEN    (sizeof(HEADER_PREFIX) - 1)

/* ---- the algorithm ------------------------------------------------------ */

/* The first algorithm whose name stands in a text ("sha256="), or NULL. */
static const char *
alg_in(apr_pool_t *pool, const char *text)
{
    static const char *const algs[] = {"sha1", "sha256", "sha384", "sha512",
                                       NULL};
    char *lower = apr_pstrdup(pool, text);
    size_t i = 0;

    for (char *at = lower; *at != '\0'; at++) {
        *at = (char)apr_tolower(*at);
    }
    while (algs[i] != NULL && strstr(lower, algs[i]) == NULL) {
        i++;
    }
    return algs[i];
}

static const char *
read_alg(apr_pool_t *pool, const struct routes_signed_words *words,
         struct routes_signed *made)
{
    const char *named = alg_in(pool, made->lead);

    made->alg = named != NULL ? named : "sha256";
    if (words->alg == NULL) {
        return NULL;
    }
    made->alg = alg_in(pool, words->alg);
    if (made->alg == NULL || strcmp(made->alg, words->alg) != 0) {
        return "`alg` is sha1, sha256, sha384 or sha512";
    }
    return named == NULL || named == made->alg
               ? NULL
               : apr_psprintf(pool, "the format says %s, `alg` says %s", named,
                              made->alg);
}

/* ---- the format --------------------------------------------------------- */

/* The text before a placeholder that ends an item, or NULL. */
static char *
lead_before(apr_pool_t *pool, const char *item, const char *placeholder)
{
    size_t len = strlen(item);
    size_t end = strlen(placeholder);

    return len >= end && strcmp(item + len - end, placeholder) == 0
               ? apr_pstrmemdup(pool, item, len - end)
               : NULL;
}

/* Takes an item that is a signature; 0: it is none. */
static int
read_signature_item(apr_pool_t *pool, const char *item,
                    struct routes_signed *made)
{
    const char *hex = lead_before(pool, item, "{hex}");
    const char *base64 = lead_before(pool, item, "{base64}");
    const char *lead = hex != NULL ? hex : base64;

    if (lead == NULL || made->lead != NULL || strpbrk(lead, "{}") != NULL) {
        return 0;
    }
    made->lead = lead;
    made->base64 = base64 != NULL;
    return 1;
}

/* One of "t={timestamp},v1={hex}". */
static int
read_item(apr_pool_t *pool, const char *item, struct routes_signed *made)
{
    const char *lead = lead_before(pool, item, "{timestamp}");

    if (lead == NULL || made->time_lead != NULL) {
        return read_signature_item(pool, item, made);
    }
    made->time_lead = lead;
    return strpbrk(lead, "{}") == NULL;
}

/* A list with a timestamp, whose items are told apart by their beginnings. */
static int
read_items(apr_pool_t *pool, const char *format, struct routes_signed *made)
{
    char *state;

    for (const char *item = apr_strtok(apr_pstrdup(pool, format), ",", &state);
         item != NULL; item = apr_strtok(NULL, ",", &state)) {
        if (!read_item(pool, item, made)) {
            return 0;
        }
    }
    return made->lead != NULL && made->time_lead != NULL &&
           strncmp(made->lead, made->time_lead, strlen(made->lead)) != 0 &&
           strncmp(made->lead, made->time_lead, strlen(made->time_lead)) != 0;
}

static const char *
read_format(apr_pool_t *pool, const struct routes_signed_words *words,
            struct routes_signed *made)
{
    const char *format = words->format != NULL ? words->format : "{hex}";
    int known = strstr(format, "{timestamp}") != NULL
                    ? read_items(pool, format, made)
                    : read_signature_item(pool, format, made);

    return known ? read_alg(pool, words, made)
                 : "a format ends in {hex} or {base64}, or is a list with a "
                   "timestamp, as \"t={timestamp},v1={hex}\"";
}

/* ---- the signed text ---------------------------------------------------- */

static int
is_field(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!apr_isalnum(name[i]) &&
            strchr("!#$%&'*+-.^_`|~", name[i]) == NULL) {
            return 0;
        }
    }
    return len > 0;
}

/* What stands between braces; 0: nothing that is known. */
static int
read_placeholder(apr_pool_t *pool, const char *name, size_t len,
                 struct routes_signed_part *part)
{
    static const struct {
        const char *name;
        enum routes_signed_kind kind;
    } known[] = {
        {"body", ROUTES_SIGNED_BODY},
        {"timestamp", ROUTES_SIGNED_TIMESTAMP},
        {"method", ROUTES_SIGNED_METHOD},
        {"target", ROUTES_SIGNED_TARGET},
    };

    *part = (struct routes_signed_part){.kind = ROUTES_SIGNED_HEADER};
    if (len > PREFIX_LEN && strncmp(name, HEADER_PREFIX, PREFIX_LEN) == 0 &&
        is_field(name + PREFIX_LEN, len - PREFIX_LEN)) {
        part->len = len - PREFIX_LEN;
        part->text = apr_pstrmemdup(pool, name + PREFIX_LEN, part->len);
        return 1;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) == len &&
            memcmp(known[i].name, name, len) == 0) {
            part->kind = known[i].kind;
            return 1;
        }
    }
    return 0;
}

/* The parts of a template, or NULL: a brace of it opens nothing known. */
static apr_array_header_t *
read_template(apr_pool_t *pool, const char *at)
{
    apr_array_header_t *parts =
        apr_array_make(pool, 4, sizeof(struct routes_signed_part));

    while (*at != '\0') {
        struct routes_signed_part *part = apr_array_push(parts);

        *part = (struct routes_signed_part){
            .kind = ROUTES_SIGNED_TEXT, .text = at, .len = strcspn(at, "{")};
        at += part->len;
        if (part->len == 0) {
            size_t len = strcspn(at + 1, "}");

            if (at[1 + len] == '\0' ||
                !read_placeholder(pool, at + 1, len, part)) {
                return NULL;
            }
            at += len + 2;
        }
    }
    return parts;
}

/* The parts of a kind, of HEADER those of a name, if there is one. */
static int
count_parts(const struct routes_signed *made, enum routes_signed_kind kind,
            const char *name)
{
    int n = 0;

    for (int i = 0; i < made->parts->nelts; i++) {
        const struct routes_signed_part *part =
            &APR_ARRAY_IDX(made->parts, i, const struct routes_signed_part);

        n += part->kind == kind &&
             (name == NULL || strcasecmp(part->text, name) == 0);
    }
    return n;
}

/* ---- the timestamp ------------------------------------------------------ */

static const char *
only_header(const struct routes_signed *made)
{
    const char *name = NULL;

    for (int i = 0; i < made->parts->nelts; i++) {
        const struct routes_signed_part *part =
            &APR_ARRAY_IDX(made->parts, i, const struct routes_signed_part);

        if (part->kind == ROUTES_SIGNED_HEADER) {
            name = part->text;
        }
    }
    return count_parts(made, ROUTES_SIGNED_HEADER, NULL) == 1 ? name : NULL;
}

/* Finds where the timestamp stands.  One that is not signed proves nothing:
 * whoever sends an old request again writes it as it pleases. */
static const char *
find_timestamp(const struct routes_signed_words *words,
               struct routes_signed *made)
{
    int beside = made->time_lead != NULL;
    int named = count_parts(made, ROUTES_SIGNED_TIMESTAMP, NULL) > 0;

    made->time_header = words->timestamp;
    if (beside && words->timestamp != NULL) {
        return "the timestamp stands in the format or in a field of its own, "
               "not in both";
    }
    if (!beside && !named && words->timestamp == NULL &&
        words->tolerance >= 0) {
        made->time_header = only_header(made);
        return made->time_header != NULL
                   ? NULL
                   : "`tolerance` needs a timestamp: name its field, "
                     "`timestamp \"X-Timestamp\"`";
    }
    if (named && !beside && words->timestamp == NULL) {
        return "{timestamp} is in `signed` and nothing says where it stands: "
               "name its field, `timestamp \"X-Timestamp\"`";
    }
    return (beside || words->timestamp != NULL) && !named &&
                   (beside || count_parts(made, ROUTES_SIGNED_HEADER,
                                          words->timestamp) == 0)
               ? "the timestamp is not in `signed`, so that anybody may "
                 "change it"
               : NULL;
}

const char *
routes_signed_make(apr_pool_t *pool, const struct routes_signed_words *words,
                   struct routes_signed *made)
{
    *made = (struct routes_signed){.lead = NULL};
    const char *fault = read_format(pool, words, made);
    if (fault != NULL) {
        return fault;
    }
    made->parts = read_template(pool, words->template != NULL ? words->template
                                                              : "{body}");
    if (made->parts == NULL) {
        return "a signed text is made of {body}, {header:NAME}, {timestamp}, "
               "{method} and {target}, and text without braces";
    }
    if (count_parts(made, ROUTES_SIGNED_BODY, NULL) == 0) {
        return "`signed` has no {body}, which anybody could exchange";
    }
    fault = find_timestamp(words, made);
    if (fault != NULL) {
        return fault;
    }
    made->tolerance = made->time_lead == NULL && made->time_header == NULL ? -1
                      : words->tolerance >= 0 ? words->tolerance
                                              : TOLERANCE;
    return made->tolerance != 0 && made->tolerance <= MAX_TOLERANCE
               ? NULL
               : "`tolerance` is a second or more, and at most 366 days";
}

/* ---- a request ---------------------------------------------------------- */

/* What stands behind a lead, or NULL. */
static const char *
behind(const char *text, const char *lead)
{
    size_t len = strlen(lead);

    return strncmp(text, lead, len) == 0 ? text + len : NULL;
}

static int
add_item(const struct routes_signed *signing, const char *item,
         struct routes_signature *found)
{
    const char *text =
        signing->time_lead != NULL ? behind(item, signing->time_lead) : NULL;

    if (text != NULL) {
        int first = found->timestamp == NULL;

        found->timestamp = text;
        return first;
    }
    text = behind(item, signing->lead);
    if (text == NULL) {
        return 1; /* of another scheme */
    }
    if (found->n == ROUTES_MAX_SIGNATURES ||
        text[strspn(text, signing->base64 ? BASE64 : HEX)] != '\0') {
        return 0;
    }
    found->texts[found->n++] = text;
    return 1;
}

int
routes_signed_read(const struct routes_signed *signing, apr_pool_t *pool,
                   const char *value, struct routes_signature *found)
{
    const char *between = signing->time_lead != NULL           ? ", "
                          : strchr(signing->lead, ' ') != NULL ? ""
                                                               : " ";
    char *state;

    *found = (struct routes_signature){.n = 0};
    for (const char *item =
             apr_strtok(apr_pstrdup(pool, value), between, &state);
         item != NULL; item = apr_strtok(NULL, between, &state)) {
        if (!add_item(signing, item, found)) {
            return 0;
        }
    }
    return found->n > 0 &&
           (signing->time_lead == NULL || found->timestamp != NULL);
}

int
routes_signed_is_fresh(const struct routes_signed *signing,
                       const char *timestamp, int64_t now)
{
    int64_t then;

    if (timestamp == NULL || !apr_isdigit(*timestamp) ||
        routes_integer_read(timestamp, strlen(timestamp), 1, &then) !=
            ROUTES_INTEGER_OK) {
        return 0;
    }
    return then >= now - signing->tolerance &&
           then <= now + signing->tolerance;
}
