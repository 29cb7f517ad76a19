// Package farm is the state machine of a simulated Lync Server or Skype for
// Business Server organization: the Central Management Store with its topology
// document, site routes, replication to every computer, Windows services, Edge
// setup, pool failover. It runs no PowerShell and opens no socket; time comes
// from a Clock.
//
// # Reading
//
// [Farm.CMS] gives the configuration in force, [Farm.LocalStore] what one
// computer believes. A [Configuration] is immutable: every change makes a new
// one with a higher Version.
//
// # Writing
//
// Every write takes an [Actor] and lands in the journal ([Farm.Journal]) with
// time, actor, object, from and to; refused writes too. Errors are *refusal.Refusal:
// Invalid (no such object), Refused (a rule of the product), Busy (the same long
// operation runs), Failed, Unreachable (machine or CMS down), Unsupported.
//
// # Honesty
//
// Each rule is documented by Microsoft [doc], seen in public code [field],
// a careful reading [inferred], or made up where nothing is known [invented];
// lyncsim/README.md lists them.
package farm
