#!/bin/sh
# Make sure that there are the servers that publishing is tested against: the system's package manager installs
# them where it can. Tests of one that is missing say so and are skipped.
missing=""
for name in sshd rsync nginx git; do
    PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null 2>&1 || missing="$missing $name"
done
# nginx may be there without what sends pages compressed.
if command -v apt-get >/dev/null 2>&1 && ! [ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ]; then
    missing="$missing libnginx-mod-http-brotli-static"
fi
[ -z "$missing" ] && exit 0
# A machine that somebody works at shall not begin to serve because of a test.
if [ -d /run/systemd/system ]; then
    echo "not installed here, so that their tests are skipped:$missing" >&2
    exit 0
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
    echo "installing servers for the tests of publishing:$missing"
    $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
            openssh-server rsync nginx-light libnginx-mod-http-brotli-static git >/dev/null
elif command -v dnf >/dev/null 2>&1; then
    $as_root dnf install -y -q openssh-server rsync git
fi
exit 0
