package dev.tollbar.plugins;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Makes a plugin's calls of {@code System.exit}, {@code Runtime.exit} and {@code Runtime.halt}
 * throw an exception, which harms the one call of an agent that led there: since there is no
 * security manager any more, the JDK itself offers nothing. It is no barrier against malice:
 * reflection and native code get past it.
 */
final class ExitCalls {
  private static final Set<String> NAMES = Set.of("exit", "halt");
  private static final Set<String> OWNERS = Set.of("java/lang/System", "java/lang/Runtime");
  private static final List<byte[]> TRACES =
      OWNERS.stream().map(owner -> owner.getBytes(StandardCharsets.UTF_8)).toList();
  private static final String WORDS = "a plugin cannot end the gateway";
  private static final ClassDesc EXCEPTION = ClassDesc.of("java.lang.IllegalStateException");
  private static final MethodTypeDesc TAKES_TEXT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

  private ExitCalls() {}

  /** Whether the class has a reference to one of the methods. */
  static boolean isIn(byte[] classFile) {
    if (TRACES.stream().noneMatch(trace -> Bytes.contains(classFile, trace))) {
      return false; // nearly all classes: nothing is parsed
    }
    for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
      if (entry instanceof MemberRefEntry member && isExit(member)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The class with the calls replaced.
   *
   * @param loader has the classes of the plugin and the JDK that it refers to
   * @param gateway has those of the plugin API
   * @throws LinkageError if it has a reference that is no call, such as {@code System::exit}
   */
  static byte[] replace(byte[] classFile, ClassLoader loader, ClassLoader gateway) {
    ClassHierarchyResolver resolver =
        ClassHierarchyResolver.ofResourceParsing(loader)
            .orElse(ClassHierarchyResolver.ofResourceParsing(gateway));
    ClassFile format = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    ClassModel model = format.parse(classFile);
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof MethodHandleEntry handle && isExit(handle.reference())) {
        throw new LinkageError("a reference to a method that ends the process");
      }
    }
    return format.transformClass(
        model,
        ClassTransform.transformingMethodBodies((code, element) -> {
          if (element instanceof InvokeInstruction call && isExit(call.method())) {
            throwing(code);
          } else {
            code.with(element);
          }
        }));
  }

  private static void throwing(CodeBuilder code) {
    code.new_(EXCEPTION)
        .dup()
        .loadConstant(WORDS)
        .invokespecial(EXCEPTION, ConstantDescs.INIT_NAME, TAKES_TEXT)
        .athrow();
  }

  private static boolean isExit(MemberRefEntry member) {
    return OWNERS.contains(member.owner().asInternalName())
        && NAMES.contains(member.name().stringValue());
  }
}
