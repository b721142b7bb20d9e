/// One question to one connector: spec, check, discover.
package dev.sluice.runner.operation;
