# SPDX-License-Identifier: Apache-2.0
# ROUTES_PYTHON: which Python is embedded, and that its libpython is shared.

# ROUTES_PYTHON_VAR(SHELL-VARIABLE, SYSCONFIG-NAME)
AC_DEFUN([ROUTES_PYTHON_VAR],
    [$1=$("$PYTHON" -I -c 'import sysconfig; print(sysconfig.get_config_var("$2") or "")' 2>&AS_MESSAGE_LOG_FD)])

AC_DEFUN([ROUTES_PYTHON], [
    AS_IF([test -n "$PYTHON"],
        [AS_CASE([$PYTHON], [/*], [],
            [PYTHON=$(command -v "$PYTHON")])],
        [python_pc=$($PKG_CONFIG --modversion python3-embed 2>/dev/null)
         AS_IF([test -z "$python_pc"],
            [AC_MSG_ERROR([pkg-config has no python3-embed: install python3-dev (Debian) or python3-devel (Fedora), or set PYTHON=])])
         PYTHON="$($PKG_CONFIG --variable=exec_prefix python3-embed)/bin/python$python_pc"])

    AC_MSG_CHECKING([for a Python with a shared libpython])
    AS_IF([test -x "$PYTHON"], [],
        [AC_MSG_ERROR([$PYTHON is no program; set PYTHON=])])
    ROUTES_PYTHON_VAR([python_version], [LDVERSION])
    ROUTES_PYTHON_VAR([python_shared], [Py_ENABLE_SHARED])
    ROUTES_PYTHON_VAR([python_library], [INSTSONAME])
    ROUTES_PYTHON_VAR([python_libdir], [LIBDIR])
    ROUTES_PYTHON_VAR([python_include], [INCLUDEPY])
    AS_IF([test -z "$python_version"],
        [AC_MSG_ERROR([$PYTHON does not run, or is no Python 3])])
    AC_MSG_RESULT([$PYTHON $python_version])
    AS_IF([test -n "$python_pc" && test "$python_pc" != "$python_version"],
        [AC_MSG_ERROR([pkg-config's python3-embed is $python_pc, but $PYTHON is $python_version])])
    ROUTES_AT_LEAST([$("$PYTHON" -I -c 'import sys; print("%d.%d" % sys.version_info@<:@:2@:>@)')], [3.11], [$PYTHON])
    AS_IF([test "$python_shared" = 1], [],
        [AC_MSG_ERROR([$PYTHON was built without a shared libpython (--enable-shared); set PYTHON= to one that has it])])
    AS_IF([test -f "$python_include/Python.h"], [],
        [AC_MSG_ERROR([$python_include/Python.h is missing: install python3-dev (Debian) or python3-devel (Fedora)])])

    PYTHON_CFLAGS="-isystem $python_include"
    AS_IF([test -n "$python_pc"],
        [PYTHON_LIBS=$($PKG_CONFIG --libs python3-embed)],
        [PYTHON_LIBS="-L$python_libdir -Wl,-rpath,$python_libdir -lpython$python_version"])

    AC_MSG_CHECKING([that $python_library links])
    save_CPPFLAGS=$CPPFLAGS
    save_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $PYTHON_CFLAGS"
    LIBS="$PYTHON_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <Python.h>]],
            [[return Py_IsInitialized();]])],
        [AC_MSG_RESULT([yes])],
        [AC_MSG_RESULT([no])
         AC_MSG_ERROR([a program with $PYTHON_LIBS does not link])])
    CPPFLAGS=$save_CPPFLAGS
    LIBS=$save_LIBS
    AC_DEFINE_UNQUOTED([PYTHON_PROGRAM], ["$PYTHON"],
        [the program that the embedded Python takes itself for])
    AC_SUBST([PYTHON_CFLAGS])
    AC_SUBST([PYTHON_LIBS])
])
