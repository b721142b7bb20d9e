package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The engine, asked through its own command line. Other runners' containers on this machine are not ours to see.
final class Docker {
    private Docker() {}

    /// Containers that runners with this temporary directory have made. One that the engine is just removing is none:
    /// another runner may have swept it.
    ///
    /// @param verb `read`, `write`, … or nothing for all
    static List<String> containers(Path temporaryDirectory, String verb) {
        List<String> ours = new ArrayList<>();
        for (String id : Program.lines("docker", "ps", "-aq", "--no-trunc", "--filter", "label=dev.sluice.run")) {
            String format = """
                    {{index .Config.Labels "dev.sluice.command"}} {{index .Config.Labels "dev.sluice.run"}} \
                    {{.State.Status}}""";
            String about;
            try {
                about = Program.run("docker", "inspect", "-f", format, id).strip();
            } catch (AssertionError e) {
                continue; // Removed since it was listed.
            }
            if (about.startsWith(verb)
                    && about.contains(" " + temporaryDirectory + "/")
                    && !about.endsWith(" removing")) {
                ours.add(id);
            }
        }
        return ours;
    }

    /// Builds an image that runs a shell script, as a user that is not root.
    ///
    /// @param work where its folder is made
    /// @return its name with its tag
    static String image(Path work, String name, String script) throws IOException {
        Path context = Files.createDirectory(work.resolve(name));
        Files.writeString(context.resolve("connector.sh"), script);
        Files.writeString(context.resolve("Dockerfile"), """
                FROM sluice/debian:12
                COPY connector.sh /connector.sh
                USER 1000
                ENTRYPOINT ["sh", "/connector.sh"]
                """);
        String image = "sluice-e2e/%s:1".formatted(name);
        Program.run("docker", "build", "--force-rm", "-t", image, context.toString());
        return image;
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
