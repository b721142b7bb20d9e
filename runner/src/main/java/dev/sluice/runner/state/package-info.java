/// Where a connection stands: the states its destination has returned, and the generation of each stream.
package dev.sluice.runner.state;
