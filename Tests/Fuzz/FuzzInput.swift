import Fuzzing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What libFuzzer calls, with the target that the variable FUZZ_TARGET names.
@safe enum FuzzInput {
  static let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
      fail("FUZZ_TARGET is '\(name)'; there are \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    }
    return target
  }()

  static func check(_ bytes: [UInt8]) {
    do { try target.check(bytes) } catch { fail("\(target.name): \(error)") }
  }

  private static func fail(_ reason: String) -> Never {
    _ = unsafe fputs(reason + "\n", stderr)
    abort()
  }
}

/// Libfuzzer's entry (llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput") public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe FuzzInput.check(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
