internal import Protocol
internal import Providers

/// How an MCP server is started or reached, from wherever it was named.
package struct MCPServerSettings: Hashable, Sendable {
  /// What stands in the names of its tools.
  package var name: String
  /// How it is reached.
  package var way: Way
  /// The same as it is shown: as a project's file writes it, with the names of variables in the place of their values.
  package var written: Way
  /// The variables of the environment whose values stand in `way`.
  package var variables: [String] = []
  /// Who named it.
  package var source: Source
  /// How long one call may take, in milliseconds; `nil` for the default.
  package var callMax: Int?
  /// Whether its tools are always told to the model whole.
  package var alwaysLoad = false
  /// Which era is spoken; found out when `automatic`.
  package var era = Era.automatic
  /// What it is kept to where it is started here; `nil` for nothing.
  package var confinement: Confinement?

  /// The ways there are.
  package enum Way: Hashable, Sendable {
    /// A command that is started, and spoken to over its pipes.
    case command(String, arguments: [String], environment: [Variable])
    /// Streamable HTTP.
    case http(url: String, headers: [Variable])
    /// The old transport of 2024: a stream of events, and posts beside it.
    case events(url: String, headers: [Variable])
  }

  /// A variable of the environment, or a header; its value may be a secret and is never shown.
  package struct Variable: Hashable, Sendable {
    /// What it is called.
    package var name: String
    /// What it is set to.
    package var value: String

    /// A variable.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Who named a server; of two with one name the one with the higher source counts.
  package enum Source: Hashable, Sendable {
    /// A session's client, when it made the session.
    case session
    /// The client, when it said hello.
    case client
    /// The person, in their own file of settings.
    case user(file: String)
    /// Whoever wrote that file, which came with a repository.
    case project(file: String)
  }

  /// The eras of the protocol.
  package enum Era: String, Hashable, Sendable {
    /// Found out.
    case automatic = "auto"
    /// With a handshake: 2024-11-05 to 2025-11-25.
    case legacy
    /// Without one: since 2026-07-28.
    case modern
  }

  /// A server.
  package init(name: String, way: Way, source: Source) {
    self.name = name
    self.way = way
    written = way
    self.source = source
  }
}

extension MCPServerSettings {
  /// Hides what may be secret of the settings where the server says it again.
  var mask: SecretMask {
    switch way {
    case .command(_, _, let environment): Self.mask(of: environment)
    case .http(let url, let headers), .events(let url, let headers):
      Self.mask(of: headers, query: url.split(separator: "?", maxSplits: 1).dropFirst().first ?? "")
    }
  }

  /// Hides the values of variables and of a URL's query: whole, and each word of them, as a key stands behind `Bearer`.
  static func mask(of variables: [Variable], query: Substring = "") -> SecretMask {
    let words = variables.flatMap { variable in
      [variable.value] + variable.value.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    let values = query.split(separator: "&").compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
    return SecretMask((words + values).map(Secret.init))
  }
}
