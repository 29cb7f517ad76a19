package v1alpha1

// Condition types. Ready, Reconciling and Stalled have the kstatus meaning:
// Ready is always present; Reconciling and Stalled are present only while true.
const (
	// ConditionReady: federation is as the spec says and nothing is left to do. In mode
	// Observe it means only that federation was observed; the reason says whether
	// something differs.
	ConditionReady = "Ready"
	// ConditionReconciling: the controller works on it, or waits for something that can
	// change by itself.
	ConditionReconciling = "Reconciling"
	// ConditionStalled: only a person can help, or the controller waits for a person's
	// decision.
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
	// ConditionStandbyPrepared: the Edge pools of spec.prepare are ready to take
	// federation over.
	ConditionStandbyPrepared = "StandbyPrepared"

	// ConditionContested: fields are left as somebody else sets them. Present only while
	// true.
	ConditionContested = "Contested"
	// ConditionDegraded: machines of the Edge pool are left out. Present only while true.
	ConditionDegraded = "Degraded"
	// ConditionOtherPoolFederates: an Edge pool carries a federation flag, and no route
	// names it. Present only while true.
	ConditionOtherPoolFederates = "OtherPoolFederates"
	// ConditionStandbyMayBeRefused: partners would refuse the certificate of an Edge pool
	// that federation may be led to one day; Unknown where a certificate could not be read.
	// Absent where all is well.
	ConditionStandbyMayBeRefused = "StandbyMayBeRefused"
	// ConditionSharedOrganization: another LyncTopology describes the same organization.
	// Present only while true.
	ConditionSharedOrganization = "SharedOrganization"

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
	// ReasonPlanned: there are steps to take and nothing has been started yet. Of a part
	// it says that the spec asks for a change there.
	ReasonPlanned = "Planned"
	// ReasonDrifted: of a part, it had been as wanted and changed by itself. Of Ready it
	// is the reason in mode Observe where something differs, with status True.
	ReasonDrifted = "Drifted"
	// ReasonAwaitingApproval: a plan waits for spec.approvedPlan.
	ReasonAwaitingApproval = "AwaitingApproval"
	// ReasonAwaitingPerson: a person must set what the spec forbids the controller to set.
	ReasonAwaitingPerson = "AwaitingPerson"
	// ReasonSuspended: spec.suspend stops all changes. With status True nothing is to be
	// changed.
	ReasonSuspended = "Suspended"
	// ReasonConflict: an older route holds the same switch.
	ReasonConflict = "Conflict"
	// ReasonContested: somebody else changed a field back again and again, and it is left.
	ReasonContested = "Contested"
	// ReasonMachineLeftOut: a machine of the Edge pool does not answer, and the others do
	// without it.
	ReasonMachineLeftOut = "MachineLeftOut"
	// ReasonOtherPoolFederates: an Edge pool that no route names carries a federation flag.
	ReasonOtherPoolFederates = "OtherPoolFederates"
	// ReasonStandbyMayBeRefused: the certificate of an Edge pool that federation may be led
	// to is not proven.
	ReasonStandbyMayBeRefused = "StandbyMayBeRefused"
	// ReasonSharedOrganization: another LyncTopology describes an organization with the same
	// default SIP domain and the same central sites.
	ReasonSharedOrganization = "SharedOrganization"
	// ReasonTopologyMissing: the referenced LyncTopology does not exist.
	ReasonTopologyMissing = "TopologyMissing"
	// ReasonSecretMissing: a referenced Secret does not exist or lacks a key.
	ReasonSecretMissing = "SecretMissing"
	// ReasonNotObserved: the organization has not been read yet.
	ReasonNotObserved = "NotObserved"
	// ReasonPortsClosed: an address of the Edge pool does not answer.
	ReasonPortsClosed = "PortsClosed"
	// ReasonMoveUndone: no address of the new Edge pool answered, and federation was led back.
	ReasonMoveUndone = "MoveUndone"
	// ReasonNameBlocked: something in DNS, such as a CNAME, stands in the way of a record.
	ReasonNameBlocked = "NameBlocked"
	// ReasonHostedFederation: an SRV record leads partners to Microsoft 365.
	ReasonHostedFederation = "HostedFederation"
	// ReasonForeignRecords: a set of records is somebody else's and waits for a consent.
	ReasonForeignRecords = "ForeignRecords"
	// ReasonDraining: federation is as the spec says, and the pool that it left serves
	// partners who may remember the old records.
	ReasonDraining = "Draining"
	// ReasonPropagating: an authoritative server does not show a record yet.
	ReasonPropagating = "Propagating"
	// ReasonFailBackWaits: a Front End pool is still to be failed back.
	ReasonFailBackWaits = "FailBackWaits"
	// ReasonUnreachable: no server answered in time.
	ReasonUnreachable = "Unreachable"
	// ReasonDenied: credentials, keys or certificates were not accepted.
	ReasonDenied = "Denied"
	// ReasonSecondHop: a session was let in and has no credential for the next server.
	ReasonSecondHop = "SecondHop"
	// ReasonRightsMissing: the account is known and lacks a right.
	ReasonRightsMissing = "RightsMissing"
	// ReasonRefused: a server's policy forbids the change.
	ReasonRefused = "Refused"
	// ReasonInvalid: the spec names something that does not exist.
	ReasonInvalid = "Invalid"
	// ReasonUnsupported: the product version has no such feature.
	ReasonUnsupported = "Unsupported"
	// ReasonWorldChanged: somebody changed the same thing after fedroute had read it and
	// before fedroute wrote it.
	ReasonWorldChanged = "WorldChanged"
	// ReasonBusy: the same long operation still runs.
	ReasonBusy = "Busy"
	// ReasonOutcomeUnknown: an act was sent and no answer came.
	ReasonOutcomeUnknown = "OutcomeUnknown"
	// ReasonStepFailed: a server tried a step and reported that it failed.
	ReasonStepFailed = "StepFailed"
	// ReasonNotEnabled: a topology was published and not enabled (Enable-CsTopology).
	ReasonNotEnabled = "NotEnabled"
	// ReasonInternal: a defect of the controller.
	ReasonInternal = "Internal"
)

// Finalizer keeps a FederationRoute and its LyncTopology while a run of the route is under
// way.
const Finalizer = "fedroute.io/run"

// AnnotationRequestedAt asks for a reconcile now. Any new value counts. The controller
// writes the value that it handled last into status.lastHandledReconcileAt.
const AnnotationRequestedAt = "reconcile.fedroute.io/requestedAt"

// AnnotationFailBackRequestedAt asks that a Front End pool of the route is failed back
// once. Its value is "<RFC 3339 time> <pool FQDN>". The controller writes the value that it
// handled last into status.lastHandledFailBackAt.
const AnnotationFailBackRequestedAt = "failback.fedroute.io/requestedAt"
