package dev.sluice.source.faker;

import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;

/// Names, defaults and limits are those of Airbyte's faker 7.2, so its configurations fit.
@ConfigForm(title = "Faker Source Spec")
public record FakerConfig(
        @Setting(
                title = "Count",
                description = "How many users there are. Ten users make ten purchases. There are 100 products, or"
                        + " as many as users if that is fewer.",
                order = 0,
                minimum = 1,
                defaultValue = "1000")
        long count,

        @Setting(
                title = "Seed",
                description =
                        "The same seed makes the same rows, apart from updated_at. -1 makes other rows each time.",
                order = 1,
                defaultValue = "-1")
        long seed,

        @Setting(
                title = "Records Per Stream Slice",
                description = "How many users, or users' purchases, come before each state message.",
                order = 2,
                minimum = 1,
                defaultValue = "1000")
        long recordsPerSlice,

        @Setting(
                title = "Always Updated",
                description = "Whether every sync emits every row again, with a new updated_at. When false, a sync"
                        + " goes on after the last row of the one before, and emits nothing once all rows are there.",
                order = 3,
                defaultValue = "true")
        boolean alwaysUpdated,

        @Setting(
                title = "Parallelism",
                description = "Accepted for configurations of Airbyte's faker; one thread is faster than the pipe.",
                order = 4,
                minimum = 1,
                defaultValue = "4")
        int parallelism) {}
