// Package wsman is the Windows Remote Management service of one simulated
// machine: WS-Management over HTTPS with the remote command shell (WinRS).
//
// It speaks what Windows speaks, so that clients nobody here wrote use it
// unchanged (pywinrm, Ansible, masterzen/winrm, curl): shells, commands, long
// polled output, quotas, idle timeouts, faults with the codes of wsmerror.h, and
// NTLM, Kerberos, Basic and certificate logon. What a command line does is not
// its business: that is a Program. Sources: MS-WSMV, MS-NLMP, DSP0226.
//
// A Server can also misbehave on purpose: see Rule and the methods beside it.
package wsman
