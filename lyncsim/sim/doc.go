// Package sim runs a whole simulated Lync Server or Skype for Business Server
// organization on loopback addresses. The organization consists of the farm's state,
// a WinRM service with PowerShell on every machine, the federation ports of its Edge
// servers, and its public DNS servers. Tests, demos and people read and change it
// through an admin endpoint.
//
// lyncsim/README.md says what is simulated and how far the simulation can be
// trusted.
package sim
