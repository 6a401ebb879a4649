# Sourced by ./mvnw and ./tollbar. Prints the home of a JDK 25 or newer, without starting a JVM: it reads the
# `release` file of each candidate. Order: TOLLBAR_JAVA_HOME, JAVA_HOME, java on the path, the usual JDK folders.
# The functions run in subshells, so that their variables cannot meet those of the script that sources them.
tollbar_fits() ( # $1: a java home; $2: the program that it must have
  [ -n "$1" ] && [ -x "$1/bin/$2" ] || exit 1
  feature=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  [ "${feature:-0}" -ge 25 ]
)
tollbar_find_jdk() ( # $1: javac to build, java to run
  for home in "${TOLLBAR_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if tollbar_fits "$home" "$1"; then echo "$home"; exit 0; fi
  done
  if onpath=$(command -v java 2>/dev/null); then
    home=$(dirname "$(dirname "$(readlink -f "$onpath" 2>/dev/null || echo "$onpath")")")
    if tollbar_fits "$home" "$1"; then echo "$home"; exit 0; fi
  fi
  for home in /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if tollbar_fits "$home" "$1"; then echo "$home"; exit 0; fi
  done
  exit 1
)
