import Fuzzing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// LibFuzzer as a library (llvm.org/docs/LibFuzzer.html): it calls back with inputs until it has found something.
@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The name that its own main program calls, which is linked along.
@_cdecl("LLVMFuzzerTestOneInput") public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe FuzzInput.check(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// The program: the target that the variable FUZZ_TARGET names, under libFuzzer.
@main @safe enum FuzzInput {
  private static let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
      fail("FUZZ_TARGET is '\(name)'; there are \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    }
    return target
  }()

  static func main() {
    _ = target
    var count = CommandLine.argc
    var arguments = unsafe CommandLine.unsafeArgv
    exit(unsafe runDriver(&count, &arguments) { start, count in unsafe testOneInput(start, count) })
  }

  fileprivate static func check(_ bytes: [UInt8]) {
    do { try target.check(bytes) } catch { fail("\(target.name): \(error)") }
  }

  private static func fail(_ reason: String) -> Never {
    let line = Array((reason + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    abort()
  }
}
