/* SPDX-License-Identifier: Apache-2.0 */
/* diff_auth: who may, in two versions. */
#include "diff_auth.h"

#include <string.h>

#include <apr_strings.h>

#include "atoms.h"
#include "rule_bind.h"
#include "rule_text.h"
#include "verb.h"

struct model_realm *
diff_auth_realm(struct diff *d, struct model_realm *realm)
{
    struct model_realm *common =
        apr_hash_get(d->realms, realm->name, APR_HASH_KEY_STRING);

    if (common == NULL) {
        common = realm;
        apr_hash_set(d->realms, realm->name, APR_HASH_KEY_STRING, realm);
    }
    return common;
}

/* policy knows realms by their address: a name has one here. */
static const struct model_auth *
common_auth(struct diff *d, const struct model_auth *auth)
{
    const struct model_auth **key;
    struct model_auth *common =
        apr_hash_get(d->auths, &auth, sizeof(const struct model_auth *));

    if (common != NULL) {
        return common;
    }
    common = apr_pmemdup(d->pool, auth, sizeof(*auth));
    common->realms =
        apr_array_make(d->pool, auth->realms->nelts, sizeof(void *));
    for (int i = 0; i < auth->realms->nelts; i++) {
        APR_ARRAY_PUSH(common->realms, struct model_realm *) =
            diff_auth_realm(d, MODEL_AT(auth->realms, struct model_realm, i));
    }
    key = apr_pmemdup(d->pool, &auth, sizeof(*key));
    apr_hash_set(d->auths, key, sizeof(*key), common);
    return common;
}

/* Of a route with several paths, that of a spot; else NULL. */
const struct model_path *
diff_auth_path(struct diff *d, const struct diff_spot *spot,
               const struct model_route *route)
{
    for (int i = 0; route->paths->nelts > 1 && i < route->paths->nelts; i++) {
        const struct model_path *path =
            MODEL_AT(route->paths, struct model_path, i);

        if (strcmp(diff_index_key(d->pool, spot->host, path), spot->key) ==
            0) {
            return path;
        }
    }
    return NULL;
}

/* A route's decision on the path of a spot. */
const struct model_auth *
diff_auth_at(struct diff *d, const struct diff_spot *spot,
             const struct model_route *route)
{
    const struct model_path *path = diff_auth_path(d, spot, route);
    struct model_auth *auth;

    if (path == NULL) {
        return route->auth;
    }
    auth = apr_pmemdup(d->pool, route->auth, sizeof(*auth));
    auth->rule = rule_bind_meet(d->pool, auth->rule, path, NULL);
    return auth;
}

static int
same_rule(const struct model_rule *a, const struct model_rule *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return atoms_same(a, b) && same_rule(a->left, b->left) &&
           same_rule(a->right, b->right);
}

/* As written: what policy can't say of a requirement past its limit. */
static int
same_auth(const struct model_auth *a, const struct model_auth *b)
{
    if (a->realms->nelts != b->realms->nelts) {
        return 0;
    }
    for (int i = 0; i < a->realms->nelts; i++) {
        if (MODEL_AT(a->realms, struct model_realm, i) !=
            MODEL_AT(b->realms, struct model_realm, i)) {
            return 0;
        }
    }
    return same_rule(a->rule, b->rule);
}

/* Without a place, it is what holds where nothing is written. */
struct diff_side
diff_auth_side(struct diff *d, const struct model_auth *auth, struct span span)
{
    const char *text =
        span.file != 0 ? rule_text_with_realms(d->pool, auth) : NULL;

    return (struct diff_side){text, span};
}

/* A decision that asks for the method, asked by this one alone. */
static const struct model_auth *
auth_by(struct diff *d, const struct model_auth *auth, const char *method)
{
    enum routes_method one =
        method == NULL ? ROUTES_METHOD_NONE : verb_of(method, strlen(method));
    struct model_auth *own;

    if (auth->methods == 0 || one == ROUTES_METHOD_NONE) {
        return auth;
    }
    own = apr_pmemdup(d->pool, auth, sizeof(*auth));
    own->methods = ROUTES_METHOD_BIT(one);
    return own;
}

void
diff_auth_compare(struct diff *d, enum diff_what what, const char *method,
                  const char *path, const struct diff_versions *v)
{
    const struct model_auth *before =
        auth_by(d, common_auth(d, v->before), method);
    const struct model_auth *after =
        auth_by(d, common_auth(d, v->after), method);
    struct diff_change *change;
    const char *gains, *loses;
    int stays, kept; /* nobody is granted who wasn't; nobody lost it */
    int turned = !policy_same_turns(before, after);

    if (same_auth(before, after)) {
        return;
    }
    stays = policy_implies(d->run, after, before, &gains);
    kept = policy_implies(d->run, before, after, &loses);
    if (stays && kept && !turned) {
        return;
    }
    change = diff_run_add(d,
                          stays && kept ? DIFF_CHANGED
                          : stays       ? DIFF_STRONGER
                          : kept        ? DIFF_WEAKER
                                        : DIFF_INCOMPARABLE,
                          what, method, path);
    change->before = diff_auth_side(d, v->before, v->span_before);
    change->after = diff_auth_side(d, v->after, v->span_after);
    change->gains = stays || gains != NULL ? gains : POLICY_NOT_DECIDED;
    change->loses = kept || loses != NULL ? loses : POLICY_NOT_DECIDED;
    change->weakens = !stays;
}

/* Whether a new route grants more than what was decided where it stands. */
void
diff_auth_judge_added(struct diff *d, struct diff_change *change,
                      const struct diff_spot *spot,
                      const struct model_auth *auth)
{
    const struct model_auth *decided =
        diff_index_decision(d->before, spot->host, spot->path);

    if (decided == NULL) {
        change->weakens = policy_public(d->run, auth);
        change->gains = change->weakens ? "{anonymous}" : NULL;
        return;
    }
    decided = common_auth(d, decided);
    auth = common_auth(d, auth);
    change->weakens = !same_auth(auth, decided) &&
                      !policy_implies(d->run, auth, decided, &change->gains);
    if (change->weakens && change->gains == NULL) {
        change->gains = POLICY_NOT_DECIDED;
    }
}
