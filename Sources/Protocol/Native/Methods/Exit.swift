/// Ends the process: with status 0 after `shutdown`, else with 1.
package struct Exit: NotificationMessage, Hashable {
  package static let method = "exit"
}
