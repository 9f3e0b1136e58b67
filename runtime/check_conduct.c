/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What routes do beside the call: headers, pages, limits, CORS, events.
 */
#include "check.h"

#include <string.h>

static void
conducts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_conduct *conduct = &c->table->conducts[i];

    routes_check_expect(c, conduct->csrf <= ROUTES_CSRF_TOKEN,
                        "an unknown csrf");
    routes_check_expect(c, conduct->cache <= ROUTES_CACHE_PRIVATE,
                        "an unknown cache");
    routes_check_expect(c,
                        routes_check_fits(conduct->headers, conduct->n_headers,
                                          c->table->n_headers),
                        "headers that are none");
    routes_check_text(c, conduct->vary);
    routes_check_index(c, conduct->cors, c->table->n_cors,
                       "a cors that is none");
    routes_check_expect(
        c,
        routes_check_fits(conduct->pages, conduct->n_pages, c->table->n_pages),
        "pages that are none");
    routes_check_expect(c, conduct->deny == 0 || conduct->deny == 404,
                        "an unknown denial");
    routes_check_place(c, conduct->mask);
    /* what answers for it must not be masked, or nothing ever answers */
    routes_check_expect(
        c,
        conduct->mask == 0 ||
            (conduct->deny == 404 && c->refusal == NULL &&
             c->table->places[conduct->mask].conduct < c->table->n_conducts &&
             c->table->conducts[c->table->places[conduct->mask].conduct]
                     .deny == 0),
        "a mask that is none");
}

static void
limits_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_limits *limits = &t->limits[i];

    routes_check_expect(c, limits->time <= ROUTES_MAX_TIME,
                        "a time that is none");
    routes_check_expect(
        c,
        routes_check_fits(limits->rates, limits->n_rates, t->n_rates) &&
            (limits->n_rates == 0 || limits->rates > 0),
        "rates that are none");
    routes_check_expect(c, limits->concurrency <= ROUTES_MAX_CONCURRENCY,
                        "a concurrency that is none");
    routes_check_text(c, limits->calls);
    routes_check_expect(
        c, limits->time > 0 || limits->n_rates > 0 || limits->concurrency > 0,
        "no limit");
}

static void
rates_row(struct routes_check *c, uint32_t i)
{
    const struct routes_rate *rate = &c->table->rates[i];

    routes_check_text(c, rate->name);
    routes_check_expect(c, rate->per <= ROUTES_PER_CAPTURE,
                        "a per that is none");
    routes_check_expect(c, rate->capture < ROUTES_MAX_CAPTURES,
                        "a capture that is none");
    routes_check_expect(c,
                        rate->interval >= ROUTES_MIN_INTERVAL &&
                            rate->depth >= rate->interval &&
                            rate->depth <= ROUTES_MAX_DEPTH,
                        "a rate that is none");
}

static void
headers_row(struct routes_check *c, uint32_t i)
{
    routes_check_text(c, c->table->headers[i].name);
    routes_check_text(c, c->table->headers[i].value);
}

static void
pages_row(struct routes_check *c, uint32_t i)
{
    static const struct routes_page zero;
    const struct routes_page *page = &c->table->pages[i];

    routes_check_expect(
        c, page->low >= 400 && page->low <= page->high && page->high <= 599,
        "statuses that are none");
    routes_check_expect(c, page->produce <= ROUTES_PRODUCE_STREAM,
                        "an unknown result");
    routes_check_expect(
        c, memcmp(page->reserved, zero.reserved, sizeof(zero.reserved)) == 0,
        "a reserved byte that is not zero");
    routes_check_text(c, page->media);
    routes_check_row(c, page->function, c->table->n_functions,
                     "a function that is none");
    routes_check_expect(c, page->time <= ROUTES_MAX_TIME,
                        "a time that is none");
    routes_check_file(c, page->file);
}

static void
cors_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_cors *cors = &t->cors[i];

    routes_check_text(c, cors->origins);
    routes_check_text(c, cors->methods);
    routes_check_text(c, cors->headers);
    routes_check_text(c, cors->expose);
    routes_check_expect(c, cors->credentials <= 1 && cors->origins.len > 0,
                        "a cors without origins, or with unknown credentials");
    if (c->refusal == NULL) {
        routes_check_expect(c,
                            !cors->credentials || cors->origins.len > 1 ||
                                t->text[cors->origins.at] != '*',
                            "a cors with credentials for all");
    }
}

static void
events_row(struct routes_check *c, uint32_t i)
{
    const struct routes_event *event = &c->table->events[i];

    routes_check_expect(c,
                        event->kind == ROUTES_EVENT_CHILD_START ||
                            event->kind == ROUTES_EVENT_CHILD_STOP,
                        "a kind that is none");
    routes_check_row(c, event->function, c->table->n_functions,
                     "a function that is none");
    routes_check_file(c, event->file);
}

void
routes_check_conduct(struct routes_check *c)
{
    CHECK_ROWS(c, conducts)
    CHECK_ROWS(c, limits)
    CHECK_ROWS(c, rates)
    CHECK_ROWS(c, headers)
    CHECK_ROWS(c, pages)
    CHECK_ROWS(c, cors)
    CHECK_ROWS(c, events)
}
