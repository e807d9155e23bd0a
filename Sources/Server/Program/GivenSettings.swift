internal import OperatingSystem
internal import Protocol

/// What options and variables say of what files of settings can say, too: the options first.
enum GivenSettings {
  /// The layers of a command line and an environment.
  static func layers(_ options: Options, _ environment: ProcessEnvironment) -> [SettingsLayer] {
    var flags = Settings()
    (flags.model, flags.fallbackModel, flags.effort) = (options.model, options.fallbackModel, options.effort)
    (flags.provider, flags.region, flags.mode) = (options.provider, options.region, options.permissionMode)
    (flags.rules, flags.offeredTools, flags.sessions) = (options.rules, options.tools, options.sessions)
    (flags.apiKeyHelper, flags.awsAuthRefresh) = (options.apiKeyHelper, options.awsAuthRefresh)
    flags.sessionsKeep = options.given.last { $0.name == "--sessions-keep" }?.shown
    flags.sessionsMax = options.given.last { $0.name == "--sessions-max" }?.shown
    var variables = Settings()
    variables.model = environment["ANTHROPIC_MODEL"]
    if Services.isOn(environment["CLAUDE_CODE_USE_BEDROCK"]) { variables.provider = .bedrock }
    variables.region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
    variables.sessions = environment["WYN360_SESSIONS"]
    return [SettingsLayer(.flag, flags), SettingsLayer(.environment, variables)]
  }
}
