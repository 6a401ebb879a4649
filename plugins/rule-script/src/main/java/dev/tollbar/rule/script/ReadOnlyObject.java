package dev.tollbar.rule.script;

import java.util.List;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyObject;

/** An object of the gateway as a script sees it: writing to it throws a TypeError there. */
abstract class ReadOnlyObject implements ProxyObject {

  abstract List<String> names();

  @Override
  public final Object getMemberKeys() {
    List<String> names = names();
    return new ReadOnlyArray(names.size()) {
      @Override
      public Object get(long index) {
        return names.get((int) index);
      }
    };
  }

  @Override
  public final void putMember(String key, Value value) {
    throw new UnsupportedOperationException();
  }

  // Scripts meet this in the messages of their errors.
  @Override
  public final String toString() {
    return "a read-only object";
  }

  /** A list of the gateway as a script sees it. */
  abstract static class ReadOnlyArray implements ProxyArray {
    private final int size;

    ReadOnlyArray(int size) {
      this.size = size;
    }

    @Override
    public final long getSize() {
      return size;
    }

    @Override
    public final void set(long index, Value value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public final String toString() {
      return "a read-only array";
    }
  }
}
