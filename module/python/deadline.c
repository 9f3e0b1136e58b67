/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time that a function may run.
 *
 *     watchdog --> deadline --> deadline --> ...   (one a thread at most)
 *
 * One thread sleeps until the earliest of them.  It interrupts with the GIL
 * held, and deadline_end takes a deadline out of the list with the GIL held:
 * between the look at a deadline and the interruption the thread can't have
 * gone on to another request.  The lock is held for a few instructions, and
 * nobody takes the GIL under it.
 */
#include "deadline.h"

#include <pthread.h>
#include <time.h>

#include "apache_module.h"
#include "interpreter.h"
#include "thread.h"

#include "../log.h"

#define NEVER    INT64_MAX
#define SPENT    (-1) /* of a scope: nothing is left */
#define MAX_LATE 16   /* functions that are named at once */

struct watchdog {
    struct interpreter *interpreter; /* borrowed */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct deadline *first;
    int64_t wakes; /* microseconds: when it looks, unless it is woken */
};

/* A function that goes on although its time is over. */
struct late {
    const char *subject; /* pchild */
    char where[160];     /* the line that it is at */
};

int64_t
deadline_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the watchdog ------------------------------------------------------- */

static struct deadline *
earliest(struct watchdog *dog)
{
    struct deadline *first = dog->first;
    for (struct deadline *at = first; at != NULL; at = at->next) {
        first = at->when < first->when ? at : first;
    }
    return first;
}

/* Interrupts all whose time is over; fills late with those to whom it is not
 * the first time.  Returns how many.  GIL: held. */
static unsigned
interrupt_all(struct watchdog *dog, struct late *late)
{
    PyObject *timeout = dog->interpreter->apache->timeout; /* borrowed */
    int64_t now = deadline_now();
    unsigned n = 0;
    pthread_mutex_lock(&dog->lock);
    for (struct deadline *at = dog->first; at != NULL; at = at->next) {
        if (at->when > now) {
            continue;
        }
        interpreter_interrupt(at->thread, timeout);
        at->when = now + DEADLINE_AGAIN * 1000;
        at->fired++;
        if (at->fired > 1 && n < MAX_LATE) {
            late[n].subject = at->subject;
            interpreter_where(at->state, late[n].where, sizeof late[n].where);
            n++;
        }
    }
    pthread_mutex_unlock(&dog->lock);
    return n;
}

static void
log_late(const struct watchdog *dog, const struct late *late, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, dog->interpreter->server,
                     LOGNO(0127) "%s goes on although its `limit time` is "
                                 "over%s%s: it is interrupted again",
                     late[i].subject, late[i].where[0] != '\0' ? ", at " : "",
                     late[i].where);
    }
}

/* False: the process ends. */
static int
bite(struct watchdog *dog)
{
    struct late late[MAX_LATE];
    if (interpreter_stopping(dog->interpreter) ||
        interpreter_enter(dog->interpreter) == NULL) {
        return 0;
    }
    unsigned n = interrupt_all(dog, late);
    interpreter_leave();
    if (interpreter_stopping(dog->interpreter)) {
        return 0;
    }
    log_late(dog, late, n);
    return 1;
}

/* With the lock. */
static void
sleep_until(struct watchdog *dog, int64_t when)
{
    struct timespec until = {.tv_sec = (time_t)(when / 1000000),
                             .tv_nsec = (long)(when % 1000000) * 1000};
    dog->wakes = when;
    if (when == NEVER) {
        pthread_cond_wait(&dog->changed, &dog->lock);
    }
    else {
        pthread_cond_timedwait(&dog->changed, &dog->lock, &until);
    }
    dog->wakes = 0;
}

static void
watch(void *data)
{
    struct watchdog *dog = data;
    int lives = 1;
    pthread_mutex_lock(&dog->lock);
    while (lives) {
        const struct deadline *next = earliest(dog);
        if (next == NULL || next->when > deadline_now()) {
            sleep_until(dog, next == NULL ? NEVER : next->when);
            continue;
        }
        pthread_mutex_unlock(&dog->lock);
        lives = bite(dog);
        pthread_mutex_lock(&dog->lock);
    }
    pthread_mutex_unlock(&dog->lock);
}

/* ---- its start ---------------------------------------------------------- */

/* As long as the process. */
static struct watchdog *
make_watchdog(struct interpreter *interpreter)
{
    pthread_condattr_t clock;
    struct watchdog *dog = PyMem_RawCalloc(1, sizeof *dog);
    if (dog == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    dog->interpreter = interpreter;
    pthread_mutex_init(&dog->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&dog->changed, &clock);
    pthread_condattr_destroy(&clock);
    int fault = thread_start(watch, dog);
    if (fault != 0) {
        errno = fault;
        PyErr_SetFromErrno(PyExc_OSError);
        PyMem_RawFree(dog);
        return NULL;
    }
    return dog;
}

int
deadline_need(struct interpreter *interpreter)
{
    if (interpreter->watchdog == NULL) {
        interpreter->watchdog = make_watchdog(interpreter);
    }
    return interpreter->watchdog != NULL ? 0 : -1;
}

/* ---- one thread's ------------------------------------------------------- */

void
deadline_begin(struct interpreter_thread *thread)
{
    struct watchdog *dog = thread->interpreter->watchdog;
    struct deadline *own = &thread->deadline;
    int64_t left = thread->scope.left;
    if (left == 0 || dog == NULL || own->at != NULL) {
        return;
    }
    own->begun = deadline_now();
    own->when = own->begun + (left == SPENT ? 0 : left);
    own->thread = PyThread_get_thread_ident();
    own->state = thread->state;
    own->subject = thread->scope.subject;
    own->fired = 0;
    pthread_mutex_lock(&dog->lock);
    own->next = dog->first;
    own->at = &dog->first;
    if (own->next != NULL) {
        own->next->at = &own->next;
    }
    dog->first = own;
    int early = own->when < dog->wakes;
    pthread_mutex_unlock(&dog->lock);
    if (early) {
        pthread_cond_signal(&dog->changed);
    }
}

static void
take_out(struct watchdog *dog, struct deadline *own)
{
    pthread_mutex_lock(&dog->lock);
    *own->at = own->next;
    if (own->next != NULL) {
        own->next->at = own->at;
    }
    own->at = NULL;
    pthread_mutex_unlock(&dog->lock);
}

int
deadline_end(struct interpreter_thread *thread)
{
    struct deadline *own = &thread->deadline;
    struct interpreter_scope *scope = &thread->scope;
    if (own->at == NULL) {
        return scope->late;
    }
    take_out(thread->interpreter->watchdog, own);
    if (own->fired > 0) {
        interpreter_interrupt(own->thread, NULL);
        scope->late = 1;
    }
    deadline_use(&scope->left, deadline_now() - own->begun);
    return scope->late;
}

void
deadline_use(int64_t *left, int64_t used)
{
    if (*left != 0) {
        *left = used < *left ? *left - used : SPENT;
    }
}

int
deadline_left(const struct interpreter_thread *thread)
{
    int64_t left = thread->scope.left;
    if (left == 0) {
        return -1;
    }
    return left == SPENT ? 0 : (int)((left + 999) / 1000);
}

void
deadline_extend(int64_t *left)
{
    if (*left != 0 && *left < DEADLINE_AGAIN * 1000) {
        *left = DEADLINE_AGAIN * 1000;
    }
}
