import OperatingSystem
import Providers
import Testing

@Suite struct `How often AWS is asked:` {
  private func tries(_ variables: [String: String], _ profile: [String: String] = [:]) throws -> Int? {
    try ServiceTries.chosen(environment: ProcessEnvironment(variables)) { profile[$0] }
  }

  @Test func `a number goes before a mode, a variable before the profile`() throws {
    #expect(try tries([:]) == nil)
    #expect(try tries(["AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "legacy"], ["max_attempts": "4"]) == 1)
    #expect(try tries(["AWS_RETRY_MODE": "legacy"], ["max_attempts": "4"]) == 4)
    #expect(try tries(["AWS_RETRY_MODE": "Legacy"], ["retry_mode": "standard"]) == 5)
    #expect(try tries([:], ["retry_mode": "standard"]) == 3)
    #expect(try tries(["AWS_RETRY_MODE": "adaptive"]) == 3)
  }

  @Test(arguments: [
    ("AWS_MAX_ATTEMPTS", "0"), ("AWS_MAX_ATTEMPTS", "-1"), ("AWS_MAX_ATTEMPTS", "13"),
    ("AWS_MAX_ATTEMPTS", "x"), ("AWS_RETRY_MODE", "fast"),
  ])
  func `what is neither is refused by its name`(name: String, value: String) {
    let error = #expect(throws: SettingError.self) { try tries([name: value]) }
    #expect(error?.message.contains(name) == true)
  }
}
