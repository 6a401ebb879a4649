package dev.tollbar.rule.script;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What threads have used since they began: bytes allocated, nanoseconds of a processor. */
final class Usage {
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private Usage() {}

  static long allocatedByThisThread() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  static long allocated(long threadId) {
    return THREADS.getThreadAllocatedBytes(threadId);
  }

  static long cpuTime(long threadId) {
    return THREADS.getThreadCpuTime(threadId);
  }
}
