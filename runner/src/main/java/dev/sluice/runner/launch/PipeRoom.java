package dev.sluice.runner.launch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Makes pipes larger. Linux gives one 64 kB, and the processes at its ends take turns for every 64 kB then; up to
/// 1 MB every user may ask for. Java has no call for that.
public final class PipeRoom {
    private static final int BYTES = 1 << 20;

    // Of Linux: fcntl.h
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int F_SETPIPE_SZ = 1031;

    private PipeRoom() {}

    /// Does nothing where it cannot be done: a pipe that stays as it is works too. The first call takes a fifth of a
    /// second.
    ///
    /// @param pipe a named one, or the entry of one in `/proc/PID/fd`
    public static void widen(Path pipe) {
        if (!System.getProperty("os.name").equals("Linux")
                || !PipeRoom.class.getModule().isNativeAccessEnabled()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            // Not the file it may be instead: fcntl refuses that.
            int file =
                    (int) Calls.OPEN.invokeExact(arena.allocateFrom(pipe.toString()), O_RDWR | O_NONBLOCK | O_CLOEXEC);
            if (file >= 0) {
                int _ = (int) Calls.FCNTL.invokeExact(file, F_SETPIPE_SZ, BYTES);
                int _ = (int) Calls.CLOSE.invokeExact(file);
            }
        } catch (Throwable e) {
            // A system whose C library cannot be called.
        }
    }

    /// Made when they are needed.
    @SuppressWarnings("restricted")
    private static final class Calls {
        private static final Linker C = Linker.nativeLinker();
        private static final SymbolLookup LIBRARY = C.defaultLookup();

        static final MethodHandle OPEN =
                C.downcallHandle(LIBRARY.findOrThrow("open"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle FCNTL = C.downcallHandle(
                LIBRARY.findOrThrow("fcntl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        static final MethodHandle CLOSE =
                C.downcallHandle(LIBRARY.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }
}
