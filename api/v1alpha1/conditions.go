package v1alpha1

// Condition types. Ready, Reconciling and Stalled have the kstatus meaning:
// Ready is always present; Reconciling and Stalled are present only while true.
const (
	// ConditionReady: federation is as the spec says and nothing is left to do; in
	// mode Observe, that it was looked at: what differs is told by the reason.
	ConditionReady = "Ready"
	// ConditionReconciling: the controller is on its way, or waits for something
	// that can change by itself.
	ConditionReconciling = "Reconciling"
	// ConditionStalled: only a person can help, or a person was asked.
	ConditionStalled = "Stalled"

	// ConditionSIPRouted: flags and site routes of SIP name the Edge pool.
	ConditionSIPRouted = "SIPRouted"
	// ConditionXMPPRouted: flags and site routes of XMPP name the Edge pool.
	ConditionXMPPRouted = "XMPPRouted"
	// ConditionDNSPublished: every authoritative server has the wanted records.
	ConditionDNSPublished = "DNSPublished"
	// ConditionPortsOpen: every external address of the Edge pool answers.
	ConditionPortsOpen = "PortsOpen"
	// ConditionFrontEndsAssociated: the listed Front End pools use the Edge pool.
	ConditionFrontEndsAssociated = "FrontEndsAssociated"

	// ConditionEdgeServersReachable: every Edge machine answered over WinRM.
	ConditionEdgeServersReachable = "EdgeServersReachable"
	// ConditionTopologyEnabled: the published topology is in force on every Edge
	// machine whose replica is up to date.
	ConditionTopologyEnabled = "TopologyEnabled"
)

// Reasons. Each is documented in docs/spec with what to do.
const (
	// ReasonInSync: nothing differs from the spec.
	ReasonInSync = "InSync"
	// ReasonObserved: the organization could be read.
	ReasonObserved = "Observed"
	// ReasonProgressing: a plan is being carried out.
	ReasonProgressing = "Progressing"
	// ReasonPlanned: there are steps to take and nothing has been started yet.
	ReasonPlanned = "Planned"
	// ReasonDrifted: something differs and the mode forbids changing it. Of Ready it
	// is the reason in mode Observe, with status True.
	ReasonDrifted = "Drifted"
	// ReasonAwaitingApproval: a plan waits for spec.approvedPlan.
	ReasonAwaitingApproval = "AwaitingApproval"
	// ReasonAwaitingPerson: a person must set what the spec forbids us to set.
	ReasonAwaitingPerson = "AwaitingPerson"
	// ReasonSuspended: spec.suspend stops all changes.
	ReasonSuspended = "Suspended"
	// ReasonConflict: an older route holds the same switch.
	ReasonConflict = "Conflict"
	// ReasonTopologyMissing: the referenced LyncTopology does not exist.
	ReasonTopologyMissing = "TopologyMissing"
	// ReasonSecretMissing: a referenced Secret does not exist or lacks a key.
	ReasonSecretMissing = "SecretMissing"
	// ReasonNotObserved: the organization has not been read yet.
	ReasonNotObserved = "NotObserved"
	// ReasonPortsClosed: an address of the Edge pool does not answer.
	ReasonPortsClosed = "PortsClosed"
	// ReasonNameBlocked: DNS has something in the way of a name.
	ReasonNameBlocked = "NameBlocked"
	// ReasonPropagating: an authoritative server does not show a record yet.
	ReasonPropagating = "Propagating"
	// ReasonFailBackWaits: a Front End pool is still to be failed back.
	ReasonFailBackWaits = "FailBackWaits"
	// ReasonUnreachable: nobody answered in time.
	ReasonUnreachable = "Unreachable"
	// ReasonDenied: credentials, keys or certificates were not accepted.
	ReasonDenied = "Denied"
	// ReasonRefused: a server's policy forbids the change.
	ReasonRefused = "Refused"
	// ReasonInvalid: the spec names something that does not exist.
	ReasonInvalid = "Invalid"
	// ReasonUnsupported: the product version has no such feature.
	ReasonUnsupported = "Unsupported"
	// ReasonWorldChanged: someone changed the same thing between read and write.
	ReasonWorldChanged = "WorldChanged"
	// ReasonBusy: the same long operation still runs.
	ReasonBusy = "Busy"
	// ReasonOutcomeUnknown: an act was sent and no answer came.
	ReasonOutcomeUnknown = "OutcomeUnknown"
	// ReasonStepFailed: the far side tried a step and reported failure.
	ReasonStepFailed = "StepFailed"
	// ReasonNotEnabled: a topology was published and never enabled.
	ReasonNotEnabled = "NotEnabled"
	// ReasonInternal: a defect of the controller.
	ReasonInternal = "Internal"
)

// AnnotationRequestedAt asks for a reconcile now; any new value counts. The value
// that was handled last stands in status.lastHandledReconcileAt.
const AnnotationRequestedAt = "reconcile.fedroute.io/requestedAt"

// AnnotationFailBackRequestedAt asks that a Front End pool of the route is failed
// back once: "<RFC 3339 time> <pool FQDN>". The value that was handled last stands
// in status.lastHandledFailBackAt.
const AnnotationFailBackRequestedAt = "failback.fedroute.io/requestedAt"
