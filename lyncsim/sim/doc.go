// Package sim runs a whole simulated Lync Server or Skype for Business Server
// organization on loopback addresses: the farm's state, a WinRM service with
// PowerShell on every machine, the federation ports of its Edge servers, its
// public DNS servers, and an admin endpoint through which tests, demos and
// people look at it and meddle with it.
//
// lyncsim/README.md says what is simulated and how far to trust it.
package sim
