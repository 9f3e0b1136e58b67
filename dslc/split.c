/* SPDX-License-Identifier: Apache-2.0 */
/* split: cuts a path at its slashes and resolves its escapes. */
#include "dslc/split.h"

#include <string.h>
#include <apr_strings.h>

#include "dslc/token.h"

struct splitter {
    struct parse *p;
    struct ast_path *path;
    struct ast_segment *segment; /* being filled, NULL before the first `/` */
    char *text;                  /* literal bytes not yet a part */
    size_t length;
    struct span at; /* their place */
    bool glob;
    bool told; /* E109 was said */
};

static void
add_part(struct splitter *s, struct ast_part *part)
{
    struct ast_part_list *parts = &s->segment->parts;

    part->next = NULL;
    if (parts->last != NULL) {
        parts->last->next = part;
    }
    else {
        parts->first = part;
    }
    parts->last = part;
    s->segment->span.end = part->span.end;
}

static struct ast_part *
make_part(struct splitter *s, enum ast_part_kind kind, struct span at,
          const char *text)
{
    struct ast_part *part = apr_pcalloc(s->p->pool, sizeof *part);

    part->kind = kind;
    part->span = at;
    part->text = text;
    return part;
}

/* Literal bytes up to here become a part. */
static void
flush(struct splitter *s)
{
    if (s->length > 0) {
        add_part(s, make_part(s, AST_PART_TEXT, s->at,
                              apr_pstrmemdup(s->p->pool, s->text, s->length)));
        s->length = 0;
    }
}

static void
add_byte(struct splitter *s, char c, struct span at)
{
    if (s->length == 0) {
        s->at = at;
    }
    s->at.end = at.end;
    s->text[s->length++] = c;
}

static void
tell_star(struct splitter *s, struct span at)
{
    struct diag *diag;

    if (s->told) {
        return;
    }
    s->told = true;
    if (s->glob) {
        diag = diag_error(s->p->diags, at, E109,
                          "a star stands for whole segments");
        diag_help(diag, "`*` is one segment, `**` at the end is all below");
        return;
    }
    diag = diag_error(s->p->diags, at, E109, "`*` outside an assertion");
    diag_help(diag, "the rest of a path is {name:path}, a literal star `\\*`");
}

/* A star has its segment to itself. */
static void
end_segment(struct splitter *s)
{
    const struct ast_part *first;

    if (s->segment == NULL) {
        return;
    }
    flush(s);
    first = s->segment->parts.first;
    for (const struct ast_part *part = first; part != NULL;
         part = part->next) {
        if (part->kind >= AST_PART_STAR && first->next != NULL) {
            tell_star(s, part->span);
        }
    }
}

static void
begin_segment(struct splitter *s, struct span at)
{
    struct ast_segment_list *segments = &s->path->segments;

    end_segment(s);
    s->segment = apr_pcalloc(s->p->pool, sizeof *s->segment);
    s->segment->span = at;
    s->segment->span.start = at.end;
    if (segments->last != NULL) {
        segments->last->next = s->segment;
    }
    else {
        segments->first = s->segment;
    }
    segments->last = s->segment;
}

/* A run of stars; returns its length.  The first that is refused stands for
 * all of its path. */
static size_t
add_stars(struct splitter *s, const char *text, struct span at)
{
    size_t count = strspn(text, "*");

    at.end = at.start + (uint32_t)count;
    if (!s->glob && s->told) {
        add_byte(s, '*', at);
        return count;
    }
    if (!s->glob || count > 2) {
        tell_star(s, at);
    }
    flush(s);
    add_part(s, make_part(s, count == 1 ? AST_PART_STAR : AST_PART_STARS, at,
                          NULL));
    return count;
}

static void
add_literal(struct splitter *s, struct span at)
{
    size_t length;
    const char *text = token_bytes(s->p, at, &length);

    for (size_t i = 0; i < length; i++) {
        struct span here = {at.start + (uint32_t)i, at.start + (uint32_t)i + 1,
                            at.file};
        bool escaped = text[i] == '\\' && i + 1 < length;

        if (token_is_control(text[i + escaped])) {
            act_fault(s->p, here, ACT_CONTROL);
        }
        if (text[i] == '/' || s->segment == NULL) {
            begin_segment(s, here);
        }
        else if (text[i] == '*') {
            i += add_stars(s, text + i, here) - 1;
        }
        else {
            i += escaped;
            here.end += escaped;
            add_byte(s, text[i], here);
        }
    }
}

void
split_path(struct parse *p, struct ast_path *path,
           const struct ast_part_list *parts, bool glob)
{
    struct splitter s = {.p = p, .path = path, .glob = glob};
    struct ast_part *next;

    s.text = apr_palloc(p->pool, path->span.end - path->span.start + 1);
    for (struct ast_part *part = parts->first; part != NULL; part = next) {
        next = part->next;
        if (part->kind == AST_PART_TEXT) {
            add_literal(&s, part->span);
        }
        else if (s.segment != NULL) {
            flush(&s);
            add_part(&s, part);
        }
    }
    end_segment(&s);
}
