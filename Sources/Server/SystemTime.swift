internal import CPlatform
package import Providers

extension TimeSource {
  /// The system's clocks.
  package static let system = TimeSource(
    now: { milliseconds(CLOCK_REALTIME) }, monotonic: { milliseconds(CLOCK_MONOTONIC) },
    sleep: { try await Task.sleep(for: .milliseconds($0)) }, random: { Double.random(in: 0..<1) })

  private static func milliseconds(_ clock: clockid_t) -> Int {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }
}

extension ProcessEnvironment {
  /// The variables this process was started with.
  package static var system: ProcessEnvironment {
    var variables: [String: String] = [:]
    var number: Int32 = 0
    while let entry = unsafe cplatform_variable(number) {
      let parts = unsafe String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      number += 1
    }
    return ProcessEnvironment(variables)
  }
}
