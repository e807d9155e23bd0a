/// Changes how much happens unasked in a session.
package struct ACPSetMode: RequestMessage, Hashable {
  package static let method = "session/set_mode"
  package typealias Response = JSON
  package var sessionId: String
  package var modeId: String
}

/// Changes one of the options that a session's answers name.
package struct ACPSetConfigOption: RequestMessage, Hashable {
  package static let method = "session/set_config_option"
  package typealias Response = JSON
  package var sessionId: String
  package var configId: String
  /// Which of the values that the option names: a string.
  package var value: JSON
}

/// Changes the model of a session, in the way of old clients.
package struct ACPSetModel: RequestMessage, Hashable {
  package static let method = "session/set_model"
  package typealias Response = JSON
  package var sessionId: String
  package var modelId: String
}
