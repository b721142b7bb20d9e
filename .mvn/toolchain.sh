# shellcheck shell=dash
# Sourced by ./sluice, ./check, connectors/build and images/build: finds the JDK, Maven and Docker, and packages what
# is missing. $home is the top folder of the tree, set by whoever sources this. All of it is on the path of every
# start of Sluice: what can be a shell builtin is one.
# shellcheck disable=SC2154

say() {
    printf '%s\n' "$*" >&2
}

# fail EXIT_CODE SENTENCE: 1 the work failed, 2 the request is wrong, 3 something outside is missing.
fail() {
    say "error: $2"
    exit "$1"
}

# The one place of the version is the top pom.xml; it is the first <version> there.
version() {
    sed -n '/<version>/ { s/.*<version>\(.*\)<\/version>.*/\1/p; q; }' "$home/pom.xml"
}

# is_jdk FOLDER: reads the `release` file, because asking `java -version` would cost more than the rest of a start.
is_jdk() {
    local key value _
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS='="' read -r key _ value _; do
        [ "$key" = JAVA_VERSION ] && break
    done <"$1/release"
    [ "${value%%[!0-9]*}" -ge 25 ] 2>/dev/null
}

# Exports JAVA_HOME: itself if it will do, else the `java` on PATH, else the usual places.
use_jdk() {
    local java
    is_jdk "${JAVA_HOME-}" && return
    java=$(command -v java) || java=
    if [ -n "$java" ]; then
        JAVA_HOME=$(readlink -f "$java")
        JAVA_HOME=${JAVA_HOME%/bin/java}
        is_jdk "$JAVA_HOME" && export JAVA_HOME && return
    fi
    for JAVA_HOME in /usr/lib/jvm/* /opt/* /opt/java/* "${HOME-}"/.sdkman/candidates/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        is_jdk "$JAVA_HOME" && export JAVA_HOME && return
    done
    if [ -n "$java" ]; then # A version manager's stand-in: only the JVM behind it knows where it lives.
        JAVA_HOME=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        is_jdk "$JAVA_HOME" && export JAVA_HOME && return
    fi
    fail 3 "no JDK 25 or newer in JAVA_HOME, on PATH, in /usr/lib/jvm, /opt, ~/.sdkman or /Library/Java;\
 install one (Temurin 25, for example) or point JAVA_HOME at it"
}

# Sets $maven.
find_maven() {
    for maven in "$(command -v mvn)" "${MAVEN_HOME-}/bin/mvn" /usr/share/maven/bin/mvn /opt/*maven*/bin/mvn \
        "${HOME-}"/.sdkman/candidates/maven/current/bin/mvn /opt/homebrew/bin/mvn /usr/local/bin/mvn; do
        [ -x "$maven" ] && return
    done
    return 1
}

# run_maven ARGUMENT...: from the top folder, because only there does every Maven find .mvn.
run_maven() {
    find_maven || fail 3 "no Maven on PATH, in MAVEN_HOME or in /usr/share/maven; install it (\`apt-get install\
 maven\`, \`brew install maven\`) and run the command again"
    (cd "$home" && exec "$maven" -B "$@" </dev/null)
}

# True when the runner and every connector are packaged and no source is newer than target/built, which carries the
# time at which the last packaging started. Folders count too: that is how a deleted source is seen.
is_packaged() {
    local pom
    [ -e "$home/target/built" ] && [ -e "$home/runner/target/sluice/sluice.jar" ] || return 1
    for pom in "$home"/connectors/*/pom.xml; do
        set -- "${pom%/pom.xml}"/target/connector/*.jar
        [ -e "$1" ] || return 1
    done
    [ -z "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/connectors/*/pom.xml "$home"/*/src/main \
        "$home"/connectors/*/src/main -newer "$home/target/built" -print -quit 2>/dev/null)" ]
}

# packaging COMMAND...: runs a Maven command that packages everything, and remembers when it started.
packaging() {
    mkdir -p "$home/target"
    touch "$home/target/building"
    "$@" || return
    mkdir -p "$home/target" # `clean` may have been part of it.
    mv "$home/target/building" "$home/target/built" 2>/dev/null || touch "$home/target/built"
}

# locked NAME COMMAND...: one process at a time; the others wait. Without flock (macOS) nobody waits for anybody.
locked() {
    mkdir -p "$home/target"
    (
        if command -v flock >/dev/null; then
            flock -n 9 || { say "another process is building Sluice; waiting for it…" && flock 9; }
        fi
        "$@"
    ) 9>"$home/target/lock"
}

package() {
    is_packaged || locked package_once
}

package_once() {
    is_packaged && return # Somebody else did it while this process waited.
    if [ -e "$home/target/built" ]; then
        say "building Sluice (sources changed)…"
    else
        say "building Sluice (first run, about a minute)…"
    fi
    # Standard output belongs to the command that the user gave.
    packaging run_maven -q -Dmaven.test.skip=true -pl '!e2e' package >&2 ||
        fail 1 "Sluice was not built: Maven's reason is in the lines above; fix it and run the command again"
}

# Exits with one sentence unless the Docker engine answers.
need_docker() {
    local reason
    command -v docker >/dev/null || fail 3 "the command \`docker\` is not on PATH; install Docker (\`apt-get install\
 docker.io\` on Debian) and run this again"
    reason=$(docker version --format '{{.Server.Version}}' 2>&1) && return
    case $reason in
    *'permission denied'*)
        fail 3 "user $(id -un) may not use Docker; run \`usermod -aG docker $(id -un)\` as root, log in again, then run\
 this again" ;;
    esac
    fail 3 "Docker does not answer: '$(printf %s "$reason" | tail -n 1)'; start it (\`systemctl start docker\`, Docker\
 Desktop) or set DOCKER_HOST to one that runs, then run this again"
}
