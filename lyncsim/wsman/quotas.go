package wsman

import "time"

// Quotas are the limits of winrm/config and winrm/config/winrs.
type Quotas struct {
	MaxShellsPerUser     int
	MaxProcessesPerShell int
	// MaxConcurrentOperationsPerUser counts the commands of living shells and the
	// requests being served. A command counts until its shell ends; a signal does not
	// change that (MS-WSMV note 118).
	MaxConcurrentOperationsPerUser int
	MaxEnvelopeSize                int           // bytes, of a request and of a reply
	IdleTimeOut                    time.Duration // of shells that name none
	MaxShellRunTime                time.Duration
	OperationTimeout               time.Duration // of requests that name none
}

// DefaultQuotas are the quotas of Windows Server 2012 R2 and later.
func DefaultQuotas() Quotas {
	return Quotas{
		MaxShellsPerUser:               30,
		MaxProcessesPerShell:           25,
		MaxConcurrentOperationsPerUser: 1500,
		MaxEnvelopeSize:                500 << 10,
		IdleTimeOut:                    2 * time.Hour,
		MaxShellRunTime:                8 * time.Hour,
		OperationTimeout:               time.Minute,
	}
}

// withDefaults fills in the fields that are zero.
func (q Quotas) withDefaults() Quotas {
	d := DefaultQuotas()
	orInt := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	orTime := func(v *time.Duration, def time.Duration) {
		if *v <= 0 {
			*v = def
		}
	}
	orInt(&q.MaxShellsPerUser, d.MaxShellsPerUser)
	orInt(&q.MaxProcessesPerShell, d.MaxProcessesPerShell)
	orInt(&q.MaxConcurrentOperationsPerUser, d.MaxConcurrentOperationsPerUser)
	orInt(&q.MaxEnvelopeSize, d.MaxEnvelopeSize)
	orTime(&q.IdleTimeOut, d.IdleTimeOut)
	orTime(&q.MaxShellRunTime, d.MaxShellRunTime)
	orTime(&q.OperationTimeout, d.OperationTimeout)
	return q
}
