package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.exception.NotFoundException;
import dev.sluice.runner.RunnerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Who started a container, so that another runner can tell whether it still lives. A path would not do: the engine
/// may serve runners in containers, with other temporary directories, of other users and on other machines.
///
/// @param boot of which start of which kernel
/// @param processes the kernel's name for the space in which the number is one
/// @param pid the runner's number
/// @param start when it started, since a number is given out again
/// @param machine by which a machine is known after it was started anew; empty in a container, and where the engine
///     is on another
/// @param container the runner's own, if it is in one
record RunnerMark(String boot, String processes, String pid, String start, String machine, String container) {
    private static final String PREFIX = "dev.sluice.runner.";

    static RunnerMark ofThisRunner(DockerEngine engine) {
        String pid = Long.toString(ProcessHandle.current().pid());
        // Of another engine's container this one would say that it does not exist.
        String container = engine.ownContainer().orElse("");
        return new RunnerMark(
                text(Path.of("/proc/sys/kernel/random/boot_id")),
                processSpace(),
                pid,
                startOf(pid),
                OwnContainer.id().isEmpty() && engine.sharesKernel() ? text(Path.of("/etc/machine-id")) : "",
                container);
    }

    static RunnerMark of(Map<String, String> labels) {
        return new RunnerMark(
                labels.getOrDefault(PREFIX + "boot", ""),
                labels.getOrDefault(PREFIX + "processes", ""),
                labels.getOrDefault(PREFIX + "pid", ""),
                labels.getOrDefault(PREFIX + "start", ""),
                labels.getOrDefault(PREFIX + "machine", ""),
                labels.getOrDefault(PREFIX + "container", ""));
    }

    Map<String, String> labels() {
        return Map.of(
                PREFIX + "boot", boot,
                PREFIX + "processes", processes,
                PREFIX + "pid", pid,
                PREFIX + "start", start,
                PREFIX + "machine", machine,
                PREFIX + "container", container);
    }

    /// Whether it certainly has ended, as seen from another runner. What cannot be seen counts as alive.
    boolean isDead(RunnerMark self, DockerEngine engine) throws InterruptedException {
        if (boot.isEmpty() || pid.isEmpty() || start.isEmpty()) {
            return false;
        }
        if (boot.equals(self.boot) && processes.equals(self.processes)) {
            return !start.equals(startOf(pid));
        }
        if (!container.isEmpty()) {
            return !isRunning(container, engine);
        }
        return !machine.isEmpty() && machine.equals(self.machine) && !boot.equals(self.boot);
    }

    private static boolean isRunning(String container, DockerEngine engine) throws InterruptedException {
        try {
            return !Boolean.FALSE.equals(
                    engine.ask(client -> client.inspectContainerCmd(container).exec())
                            .getState()
                            .getRunning());
        } catch (NotFoundException e) {
            return false;
        } catch (RunnerException e) {
            throw e;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static String processSpace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /// In the kernel's own ticks, which no correction of the clock moves; empty when there is no such process.
    private static String startOf(String pid) {
        String stat = text(Path.of("/proc", pid, "stat"));
        // The program's name comes second, in parentheses, and may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        boolean isGone = fields.length < 20 || fields[0].equals("Z"); // Ended, but nobody has asked how.
        return isGone ? "" : fields[19];
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
