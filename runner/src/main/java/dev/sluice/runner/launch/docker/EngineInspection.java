package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import dev.sluice.runner.launch.EngineReport;
import java.nio.file.Path;
import java.util.Optional;

/// Asks an engine about itself.
final class EngineInspection {
    private EngineInspection() {}

    static EngineReport report(DockerClient client, DockerEngine engine, Path run) {
        Version version = client.versionCmd().exec();
        Info info = client.infoCmd().exec();
        return new EngineReport(
                version.getVersion(),
                version.getApiVersion(),
                engine.address(),
                version.getOperatingSystem() + "/" + version.getArch(),
                engine.sharesKernel(),
                engine.ownContainer().isPresent(),
                engine.seen(run).isPresent(),
                info.getMemTotal() == null ? 0 : info.getMemTotal(),
                String.valueOf(info.getDockerRootDir()));
    }

    static Optional<InspectImageResponse> image(DockerClient client, String image) {
        try {
            return Optional.of(client.inspectImageCmd(image).exec());
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    static EngineReport.Image image(InspectImageResponse there) {
        return new EngineReport.Image(
                there.getSize() == null ? 0 : there.getSize(), String.valueOf(there.getCreated()));
    }
}
