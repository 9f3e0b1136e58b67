/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a type takes in a path: one spelling a value.
 */
#include "language.h"

#include <string.h>

#include <apr_strings.h>

#include "minimise.h"
#include "nfa.h"
#include "product.h"

/* No leading zero, no trailing one behind the point, no "-0", no exponent:
 * 19.9, not 19.90. */
#define NUMBER "0|-?[1-9]\\d*|-?(?:0|[1-9]\\d*)\\.\\d*[1-9]"

#define UUID "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

/* A day that its month has in some year, 0001 to 9999. */
#define DATE                                                                  \
    "(?:000[1-9]|00[1-9]\\d|0[1-9]\\d\\d|[1-9]\\d{3})-"                       \
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"                          \
    "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"                                    \
    "|02-(?:0[1-9]|[12]\\d))"

/* With an offset; UTC is Z, a fraction has no trailing zero. */
#define DATETIME                                                              \
    DATE "T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{0,5}[1-9])?"         \
         "(?:Z|[+-](?:(?:0[1-9]|1\\d|2[0-3]):[0-5]\\d"                        \
         "|00:(?:0[1-9]|[1-5]\\d)))"

#define NOTHING "[^\\x00-\\U0010ffff]"

static struct dfa *
spelled(apr_pool_t *pool, const char *pattern)
{
    const char *error;
    size_t at;

    return dfa_from_regex(pool, pattern, strlen(pattern), &error, &at);
}

/* ---- counting ----------------------------------------------------------- */

/* What is counted, and what a word may hold. */
struct count {
    int chars;   /* code points, which is bytes that continue none */
    int segment; /* neither '/' nor the empty word */
    uint32_t min;
    uint32_t max; /* the last count that has a state */
    int bounded;  /* else more than max is as good as max */
};

/* Classes of bytes: one that counts, one that continues a character, '/', and
 * NUL, which httpd lets into no path. */
enum {
    CLASS_COUNTS,
    CLASS_CONTINUES,
    CLASS_SLASH,
    CLASS_NUL,
    N_CLASSES
};

/* State 1 has read nothing, state 2 + n has counted n. */
static void
fill_count(const struct count *count, struct minimise_input *out)
{
    for (uint32_t n = 0; n <= count->max; n++) {
        uint32_t *row = out->cells + (size_t)(n + 2) * out->n_classes;

        out->accept[n + 2] = n >= count->min;
        row[CLASS_COUNTS] = n < count->max   ? n + 3
                            : count->bounded ? 0
                                             : n + 2;
        row[CLASS_CONTINUES] = count->chars ? n + 2 : row[CLASS_COUNTS];
        row[CLASS_SLASH] = count->segment ? 0 : row[CLASS_COUNTS];
    }
    memcpy(out->cells + out->n_classes, out->cells + 2 * out->n_classes,
           out->n_classes * sizeof(uint32_t));
    out->accept[1] = !count->segment && count->min == 0;
}

static struct dfa *
make_count(apr_pool_t *pool, const struct count *count)
{
    struct minimise_input out = {
        .n_classes = N_CLASSES, .n_states = count->max + 3, .start = 1};
    struct dfa *dfa;
    apr_pool_t *work;

    apr_pool_create(&work, pool);
    memset(out.classes + 0x80, CLASS_CONTINUES, 0x40);
    out.classes['/'] = CLASS_SLASH;
    out.classes['\0'] = CLASS_NUL;
    out.accept = apr_pcalloc(work, out.n_states);
    out.cells =
        apr_pcalloc(work, sizeof(uint32_t) * out.n_states * out.n_classes);
    fill_count(count, &out);
    dfa = minimise_dfa(pool, &out, MINIMISE_MAX_STATES);
    apr_pool_destroy(work);
    return dfa;
}

static struct dfa *
counted(apr_pool_t *pool, const struct model_type *type, int chars,
        int segment)
{
    int64_t min = type->has_min && type->min > 0 ? type->min : 0;
    int64_t max = type->has_max ? type->max : min;
    struct count count = {chars, segment, 0, 0, type->has_max};

    if (max < min) {
        return spelled(pool, NOTHING);
    }
    if (max > DFA_MAX_COUNT) {
        return NULL;
    }
    count.min = (uint32_t)min;
    count.max = (uint32_t)max;
    return make_count(pool, &count);
}

/* ---- integers ----------------------------------------------------------- */

/* The numbers of one length, digit by digit from the right:
 *
 *     both --same digits--> both --> low   (still on the lower bound)
 *                               \--> high  (still on the upper one)
 *                               \--> free  (any digits)
 */
struct digits {
    struct nfa *nfa;
    uint32_t both, low, high, free;
};

static uint32_t
add_digit(struct nfa *nfa, uint32_t others, char low, char high, uint32_t next)
{
    uint32_t one;

    if (low > high) {
        return others;
    }
    one = nfa_range(nfa, (uint8_t)low, (uint8_t)high, next);
    return others == UINT32_MAX ? one : nfa_split(nfa, one, others);
}

/* Puts a digit before what the states stand for. */
static void
prepend_digit(struct digits *d, char low, char high)
{
    struct digits old = *d;
    uint32_t none = UINT32_MAX;

    d->low = add_digit(d->nfa, none, low, low, old.low);
    d->low = add_digit(d->nfa, d->low, (char)(low + 1), '9', old.free);
    d->high = add_digit(d->nfa, none, high, high, old.high);
    d->high = add_digit(d->nfa, d->high, '0', (char)(high - 1), old.free);
    d->free = add_digit(d->nfa, none, '0', '9', old.free);
    if (low == high) {
        d->both = add_digit(d->nfa, none, low, low, old.both);
        return;
    }
    d->both = add_digit(d->nfa, none, low, low, old.low);
    d->both = add_digit(d->nfa, d->both, high, high, old.high);
    d->both = add_digit(d->nfa, d->both, (char)(low + 1), (char)(high - 1),
                        old.free);
}

/* The numbers low to high, which have the same length. */
static uint32_t
add_length(struct nfa *nfa, uint64_t low, uint64_t high)
{
    struct digits d = {nfa, NFA_ACCEPT, NFA_ACCEPT, NFA_ACCEPT, NFA_ACCEPT};

    do {
        prepend_digit(&d, (char)('0' + low % 10), (char)('0' + high % 10));
        low /= 10;
        high /= 10;
    } while (high > 0);
    return d.both;
}

/* The numbers low to high, added to what stands in `others`. */
static uint32_t
add_numbers(struct nfa *nfa, uint32_t others, uint64_t low, uint64_t high)
{
    for (uint64_t last = 9; low <= high; last = last * 10 + 9) {
        uint64_t end = high < last ? high : last;

        if (low <= end) {
            uint32_t one = add_length(nfa, low, end);

            others = others == UINT32_MAX ? one : nfa_split(nfa, one, others);
            low = end + 1;
        }
    }
    return others;
}

/* The distance of a negative number from 0. */
static uint64_t
negated(int64_t n)
{
    return UINT64_C(0) - (uint64_t)n;
}

static struct dfa *
integers(apr_pool_t *pool, const struct model_type *type)
{
    int64_t min = type->has_min ? type->min : INT64_MIN;
    int64_t max = type->has_max ? type->max : INT64_MAX;
    uint32_t all = UINT32_MAX;
    struct dfa *dfa;
    struct nfa *nfa;
    apr_pool_t *work;

    apr_pool_create(&work, pool);
    nfa = nfa_make(work);
    if (min < 0 && min <= max) {
        all = add_numbers(nfa, all, max < 0 ? negated(max) : 1, negated(min));
        all = nfa_range(nfa, '-', '-', all);
    }
    if (max >= 0) {
        all =
            add_numbers(nfa, all, min < 0 ? 0 : (uint64_t)min, (uint64_t)max);
    }
    dfa = nfa_determinise(pool, nfa, all == UINT32_MAX ? nfa_dead(nfa) : all);
    apr_pool_destroy(work);
    return dfa;
}

/* ---- the others --------------------------------------------------------- */

/* The labels that can be a segment. */
static struct dfa *
labels(apr_pool_t *pool, const struct model_type *type)
{
    apr_pool_t *work;
    struct nfa *nfa;
    struct dfa *dfa;
    uint32_t all;

    apr_pool_create(&work, pool);
    nfa = nfa_make(work);
    all = nfa_dead(nfa);
    for (int i = type->labels->nelts; i-- > 0;) {
        const char *label = ((const char **)(void *)type->labels->elts)[i];

        if (*label != '\0' && strchr(label, '/') == NULL) {
            all = nfa_split(
                nfa, nfa_text(nfa, label, strlen(label), NFA_ACCEPT), all);
        }
    }
    dfa = nfa_determinise(pool, nfa, all);
    apr_pool_destroy(work);
    return dfa;
}

/* Without `matching`. */
static struct dfa *
language_of_kind(apr_pool_t *pool, const struct model_type *type)
{
    switch (type->kind) {
    case ROUTES_TYPE_STR:
        return counted(pool, type, 1, 1);
    case ROUTES_TYPE_BYTES:
        return counted(pool, type, 0, 1);
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
        return counted(pool, type, 0, 0);
    case ROUTES_TYPE_INT:
        return integers(pool, type);
    case ROUTES_TYPE_FLOAT:
    case ROUTES_TYPE_DECIMAL:
        return spelled(pool, NUMBER);
    case ROUTES_TYPE_BOOL:
        return spelled(pool, "true|false");
    case ROUTES_TYPE_UUID:
        return spelled(pool, UUID);
    case ROUTES_TYPE_DATE:
        return spelled(pool, DATE);
    case ROUTES_TYPE_DATETIME:
        return spelled(pool, DATETIME);
    case ROUTES_TYPE_ENUM:
        return labels(pool, type);
    case ROUTES_TYPE_NULL:
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
    case ROUTES_TYPE_RECORD:
    case ROUTES_TYPE_JSON:
    case ROUTES_TYPE_REQUEST:
    case ROUTES_TYPE_PRINCIPAL:
    case ROUTES_TYPE_METHOD:
    case ROUTES_TYPE_STREAM:
    case ROUTES_TYPE_UPLOAD:
    case ROUTES_TYPE_FILE:
    case ROUTES_TYPE_WEBSOCKET:
        return NULL;
    }
    return NULL;
}

struct dfa *
language_of_type(apr_pool_t *pool, const struct model_type *type)
{
    struct dfa *dfa = language_of_kind(pool, type);
    const struct dfa *pattern = type->matching_dfa;

    if (dfa == NULL || type->matching == NULL) {
        return dfa;
    }
    if (pattern == NULL) {
        pattern = spelled(pool, type->matching);
    }
    return pattern == NULL ? NULL : product_intersect(pool, dfa, pattern);
}

/* ---- keys --------------------------------------------------------------- */

const char *
language_key(apr_pool_t *pool, const struct model_type *type)
{
    const char *key =
        apr_psprintf(pool, "%d %d:%" APR_INT64_T_FMT " %d:%" APR_INT64_T_FMT,
                     type->kind, type->has_min, type->has_min ? type->min : 0,
                     type->has_max, type->has_max ? type->max : 0);

    if (type->kind == ROUTES_TYPE_ENUM) {
        for (int i = 0; i < type->labels->nelts; i++) {
            const char *label = ((const char **)(void *)type->labels->elts)[i];

            key = apr_psprintf(pool, "%s %" APR_SIZE_T_FMT ":%s", key,
                               strlen(label), label);
        }
    }
    return type->matching == NULL
               ? key
               : apr_pstrcat(pool, key, " ~", type->matching, NULL);
}
