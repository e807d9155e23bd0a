package import Protocol
package import Providers

/// The providers of this process.
package struct ProviderSet: Sendable {
  private let providers: [ProviderID: any Provider]

  /// These providers.
  package init(_ providers: [ProviderID: any Provider]) { self.providers = providers }

  /// Each of them put into something that adds to it.
  package func wrapped(_ wrap: (any Provider, ProviderID) -> any Provider) -> ProviderSet {
    ProviderSet(Dictionary(uniqueKeysWithValues: providers.map { id, provider in (id, wrap(provider, id)) }))
  }

  package subscript(id: ProviderID) -> (any Provider)? { providers[id] }

  /// The error for a provider that is not there.
  package func missing(_ id: ProviderID) -> Failure {
    let known = providers.keys.map(\.rawValue).sorted().joined(separator: ", ")
    return .failed(
      "provider '\(id.rawValue)' is not part of this version; it has \(known)",
      FailureData(kind: .providerError, hint: "unset CLAUDE_CODE_USE_BEDROCK, or name another provider"))
  }
}
