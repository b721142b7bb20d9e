package dev.sluice;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.runner.RunLog;

/// The logger of the platform: nothing on standard output, and on standard error only warnings and errors.
final class SystemLog implements RunLog {
    private static final System.Logger LOGGER = System.getLogger("dev.sluice");

    @Override
    public void line(Level level, String connector, String text) {
        if (!connector.equals("sluice")) {
            LOGGER.log(System.Logger.Level.DEBUG, () -> "%s %s: %s".formatted(level, connector, text));
            return;
        }
        LOGGER.log(
                switch (level) {
                    case FATAL, ERROR -> System.Logger.Level.ERROR;
                    case WARN -> System.Logger.Level.WARNING;
                    case INFO, DEBUG, TRACE -> System.Logger.Level.DEBUG;
                },
                text);
    }
}
