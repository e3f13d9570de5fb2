<?cs set:Page.refresh = "15" ?><?cs include:"layout/head.cs" ?>
<?cs include:"parts/job.cs" ?>
<?cs include:"layout/foot.cs" ?>
