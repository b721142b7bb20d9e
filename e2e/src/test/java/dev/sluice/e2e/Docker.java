package dev.sluice.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The engine, asked through its own command line. Other runners' containers on this machine are not ours to see.
final class Docker {
    private Docker() {}

    /// Containers that runners with this temporary directory have made.
    ///
    /// @param verb `read`, `write`, … or nothing for all
    static List<String> containers(Path temporaryDirectory, String verb) {
        List<String> ours = new ArrayList<>();
        for (String id : Program.lines("docker", "ps", "-aq", "--no-trunc", "--filter", "label=dev.sluice.run")) {
            String format =
                    "{{index .Config.Labels \"dev.sluice.command\"}} {{index .Config.Labels \"dev.sluice.run\"}}";
            String about;
            try {
                about = Program.run("docker", "inspect", "-f", format, id);
            } catch (AssertionError e) {
                continue; // Removed since it was listed.
            }
            if (about.startsWith(verb) && about.contains(" " + temporaryDirectory + "/")) {
                ours.add(id);
            }
        }
        return ours;
    }

    static void kill(String container) {
        Program.run("docker", "kill", "--signal", "KILL", container);
    }

    static void remove(String container) {
        Program.run("docker", "rm", "-f", "-v", container);
    }

    static boolean hasImage(String image) {
        return !Program.lines("docker", "images", "-q", image).isEmpty();
    }
}
