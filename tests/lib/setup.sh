# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What examples/run and tests/run share: the packages and the build.
# Source it with `top` set to the source folder; it defines functions only.

# The packages, by what they are for.  The server comes without its service
# (apache2-bin, not apache2): nothing of ours starts or stops the machine's.
packages_debian() {
    case $1 in
    build)
        echo gcc libc6-dev make autoconf automake libtool pkg-config bison \
            flex apache2-bin apache2-dev libapr1-dev libaprutil1-dev \
            libjansson-dev libcjose-dev libssl-dev libwslay-dev python3 python3-dev ;;
    examples)
        echo curl python3-bottle python3-jinja2 ;;
    tests)
        echo apache2-utils chromium clang clang-format curl \
            libaprutil1-dbd-sqlite3 libcmocka-dev mypy nghttp2-client \
            python3-bottle python3-django python3-flask python3-jinja2 \
            python3-multipart python3-pytest python3-pytest-xdist \
            python3-starlette python3-websockets valgrind wrk ;;
    fuzz) # libFuzzer is packaged by clang's version, which must be there
        echo "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" ;;
    esac
}

packages_fedora() {
    case $1 in
    build)
        echo gcc make autoconf automake libtool pkgconf-pkg-config bison \
            flex httpd httpd-devel apr-devel apr-util-devel jansson-devel \
            cjose-devel openssl-devel wslay-devel perl-interpreter python3 python3-devel redhat-rpm-config ;;
    examples)
        echo curl python3-bottle python3-jinja2 ;;
    tests)
        echo httpd-tools chromium clang clang-tools-extra compiler-rt curl libasan \
            libubsan libcmocka-devel nghttp2 python3-bottle python3-django \
            python3-mypy \
            python3-flask python3-jinja2 python3-multipart python3-pytest \
            python3-pytest-xdist python3-starlette python3-websockets valgrind wrk ;;
    fuzz)
        echo compiler-rt ;;
    esac
}

say() {
    printf '== %s\n' "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "packages are missing ($*): run this as root, or install sudo"
    fi
}

debian_missing() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) echo "$package" ;;
        esac
    done
}

# True when a package has a candidate: apt's lists are there.
apt_knows() {
    for package in "$@"; do
        apt-cache show "$package" >/dev/null 2>&1 || return 1
    done
}

apt_install() {
    # noninteractive, and no daemon is started even if one comes along
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y --no-install-recommends "$@"
}

install_debian() {
    local missing
    mapfile -t missing < <(debian_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing: ${missing[*]}"
    apt_knows "${missing[@]}" || as_root apt-get update
    apt_install "${missing[@]}" || {
        # the lists may be older than the archive
        as_root apt-get update && apt_install "${missing[@]}"
    } || fail "apt-get could not install: ${missing[*]}"
}

install_fedora() {
    local missing=()
    for package in "$@"; do
        rpm -q --whatprovides "$package" >/dev/null 2>&1 ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing: ${missing[*]}"
    as_root dnf install -y "${missing[@]}" ||
        fail "dnf could not install: ${missing[*]}"
}

# setup_packages KIND…: install what is missing of build, examples, tests.
setup_packages() {
    local packages=()
    if command -v apt-get >/dev/null; then
        # shellcheck disable=SC2207
        for kind in "$@"; do packages+=($(packages_debian "$kind")); done
        install_debian "${packages[@]}"
    elif command -v dnf >/dev/null; then
        # shellcheck disable=SC2207
        for kind in "$@"; do packages+=($(packages_fedora "$kind")); done
        install_fedora "${packages[@]}"
    else
        say "neither apt-get nor dnf here: taking what is installed"
    fi
}

# What configure looks for and may have been installed since it ran.
optional_tools() {
    command -v gcc clang clang-format-14 clang-format
    pkg-config --modversion cmocka 2>&1
}

# setup_configure FOLDER OPTION…: autogen and configure, if there is need.
setup_configure() {
    local folder=$1 tools
    shift
    if [ ! -x "$top/configure" ] ||
        [ "$top/configure.ac" -nt "$top/configure" ]; then
        say "autogen.sh"
        "$top/autogen.sh" >"$top/autogen.log" 2>&1 || {
            cat "$top/autogen.log"
            fail "autogen.sh failed"
        }
    fi
    mkdir -p "$folder" || fail "$folder cannot be made"
    tools="$* $(optional_tools)"
    if [ ! -f "$folder/config.status" ] ||
        [ "$tools" != "$(cat "$folder/configured-with" 2>/dev/null)" ]; then
        say "configure $*"
        (cd "$folder" && "$top/configure" "$@" >configure.out 2>&1) || {
            tail -n 20 "$folder/configure.out"
            fail "configure failed; $folder/config.log has more"
        }
        printf '%s\n' "$tools" >"$folder/configured-with"
        sed -n '/^  mod_routes/,$p' "$folder/configure.out"
    fi
}

# setup_build FOLDER OPTION…: configure and make in that folder.
setup_build() {
    setup_configure "$@"
    say "make"
    make -s -C "$1" -j"$(nproc)" || fail "make failed in $1"
}
