internal import CSystem

/// What the system answered in place of doing what it was asked: an `errno`.
package struct SystemError: Error, Hashable, Sendable {
  /// The system's `errno`.
  package let number: Int32

  /// A result of the C functions, where an error number stands below zero.
  init(result: some BinaryInteger) { number = Int32(truncatingIfNeeded: -Int64(result)) }

  /// The error of that number.
  init(number: Int32) { self.number = number }

  /// There is nothing of that name.
  package static let notThere = SystemError(number: ENOENT)
  /// What is read as a symbolic link is none.
  package static let notALink = SystemError(number: EINVAL)
  /// A folder was wanted, and something else is there.
  package static let notAFolder = SystemError(number: ENOTDIR)
  /// There is something of that name already.
  package static let exists = SystemError(number: EEXIST)
  /// A symbolic link stands where none is followed.
  package static let isLink = SystemError(number: ELOOP)
  /// A folder that is to go has something in it.
  package static let notEmpty = SystemError(number: ENOTEMPTY)
  /// Both places would have to be in one file system.
  package static let otherDevice = SystemError(number: EXDEV)
  /// This process has no descriptor left, or the system has none.
  package var isOutOfDescriptors: Bool { number == EMFILE || number == ENFILE }
  static let wouldBlock = SystemError(number: EAGAIN)

  /// What the number means.
  package var text: String {
    if number == EMFILE {
      return
        "this process has no file descriptor left, of \(DescriptorLimit.most); raise the limit (ulimit -n), or have less run at once"
    }
    var text = [CChar](repeating: 0, count: 256)
    unsafe csystem_error_text(number, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
