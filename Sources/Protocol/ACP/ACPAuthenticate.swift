/// Chooses one of the ways to authenticate that `initialize` named.
package struct ACPAuthenticate: RequestMessage, Hashable {
  package static let method = "authenticate"
  package typealias Response = JSON
  package var methodId: String
}

/// Forgets what was handed over.
package struct ACPLogout: RequestMessage, Hashable {
  package static let method = "logout"
  package typealias Response = JSON
}

/// Asks whether there are credentials; not in the stable schema yet, and asked by clients of today.
package struct ACPAuthStatus: RequestMessage, Hashable {
  package static let method = "auth/status"
  package typealias Response = JSON
}
