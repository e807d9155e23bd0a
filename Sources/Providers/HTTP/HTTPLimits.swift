/// The limits of every transfer, each with its reason.
package enum HTTPLimits {
  /// Bytes of one body that wait for their reader before the transfer pauses: a few network reads, no more memory than a session.
  package static let bodyBufferedMax = 256 * 1024
  /// Bytes of one response's headers: what nginx and curl allow, and far above any real reply.
  package static let headersMax = 128 * 1024
  /// Bytes kept of an error body: enough for any API's message, too little for a hostile page to matter.
  package static let errorBodyMax = 64 * 1024
}
