/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wsgi.file_wrapper of PEP 3333.
 */
#include "wsgi_file.h"

#include "apache_module.h"
#include "files.h"

#define BLOCK_SIZE 65536 /* unless the application says another */

struct wsgi_file {
    PyObject_HEAD PyObject *file; /* owned */
    Py_ssize_t size;              /* of a block */
};

static int
traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((struct wsgi_file *)self)->file);
    return 0;
}

static int
clear(PyObject *self)
{
    Py_CLEAR(((struct wsgi_file *)self)->file);
    return 0;
}

static void
dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
create(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"filelike", "block_size", NULL};
    PyObject *file = NULL; /* borrowed */
    Py_ssize_t size = BLOCK_SIZE;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|n:file_wrapper", names,
                                     &file, &size)) {
        return NULL;
    }
    if (size <= 0) {
        PyErr_SetString(PyExc_ValueError, "a block has at least one byte");
        return NULL;
    }
    struct wsgi_file *made = (struct wsgi_file *)type->tp_alloc(type, 0);
    if (made != NULL) {
        made->file = Py_NewRef(file);
        made->size = size;
    }
    return (PyObject *)made;
}

static PyObject *
next_block(PyObject *self)
{
    const struct wsgi_file *wrapper = (const struct wsgi_file *)self;
    PyObject *block =
        PyObject_CallMethod(wrapper->file, "read", "n", wrapper->size);
    if (block != NULL && PyObject_IsTrue(block) <= 0) {
        Py_CLEAR(block);
    }
    return block;
}

/* The file's own close(), if it has one. */
static PyObject *
close_file(PyObject *self, PyObject *unused)
{
    (void)unused;
    return files_close(((struct wsgi_file *)self)->file) == 0
               ? Py_NewRef(Py_None)
               : NULL;
}

static PyMethodDef methods[] = {
    {"close", close_file, METH_NOARGS, "close(): closes the file."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "FileWrapper(filelike, block_size): its blocks, one by one."},
    {Py_tp_new, create},
    {Py_tp_dealloc, dealloc},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_block},
    {Py_tp_methods, methods},
    {0, NULL}};

static PyType_Spec spec = {
    .name = "apache.FileWrapper",
    .basicsize = sizeof(struct wsgi_file),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

PyTypeObject *
wsgi_file_make_type(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

PyObject *
wsgi_file_of(struct apache_state *state, PyObject *object)
{
    return Py_IS_TYPE(object, state->wsgi_file_type)
               ? ((struct wsgi_file *)object)->file
               : NULL;
}
