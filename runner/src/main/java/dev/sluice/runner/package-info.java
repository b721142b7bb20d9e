/// Runs connectors: [Main] chooses the implementations and wires them; each package below has one duty.
package dev.sluice.runner;
