package dev.tollbar.bootstrap;

import dev.tollbar.api.TransportContext;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;

/** What a transport may touch. */
record UpstreamContext(String server, Duration timeout, Path folder, Logger logger)
    implements TransportContext {}
